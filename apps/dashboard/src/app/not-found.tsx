import { TextLink } from "@/ui/text-link.tsx";
import { Center, Stack, Text, Title } from "@mantine/core";

export default function NotFound() {
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="xs">
        <Title order={1} size="h2">
          There is nothing here
        </Title>
        <Text c="dimmed" ta="center">
          It may have been deleted, or it belongs to another organization.
        </Text>
        <TextLink href="/">Go to the start page</TextLink>
      </Stack>
    </Center>
  );
}

import type { Contact } from "@/api/types.ts";
import { Badge, Group, Stack, Text } from "@mantine/core";

/** Shows a contact's fields to members who can't edit them. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const { phone, name, email, tags, attributes } = contact;
  const facts = [
    ["Phone number", phone],
    ["Name", name],
    ["E-mail address", email],
    ...Object.entries(attributes).map(([key, value]) => [key, String(value)] as const),
  ] as const;
  return (
    <Stack gap="xs">
      {facts.map(([label, value]) => (
        <div key={label}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text style={{ overflowWrap: "anywhere" }}>{value ?? "—"}</Text>
        </div>
      ))}
      <Group gap={4}>
        {tags.map((tag) => (
          <Badge key={tag} variant="light" color="gray" tt="none">
            {tag}
          </Badge>
        ))}
      </Group>
    </Stack>
  );
}

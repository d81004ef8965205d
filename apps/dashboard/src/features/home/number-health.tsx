import type { Provider } from "@/api/types.ts";
import type { Format } from "@/theme/format.ts";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Stack, Text, Title } from "@mantine/core";

/** Lists the numbers with their status, quality rating and sending rate. */
export function NumberHealth({ numbers, format }: { numbers: Provider[]; format: Format }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        Numbers
      </Title>
      {numbers.length === 0 && <Text c="dimmed">No number is connected yet.</Text>}
      <Stack gap="sm">
        {numbers.map(
          ({
            id,
            displayName,
            phoneNumber,
            phoneNumberId,
            status,
            qualityRating,
            currentMessagesPerSecond,
          }) => (
            <div key={id}>
              <Group gap="xs">
                <TextLink href={`/settings/whatsapp/${id}`} fw={600}>
                  {displayName ?? phoneNumber ?? phoneNumberId}
                </TextLink>
                <StatusBadge status={status} />
                {qualityRating !== null && qualityRating !== "UNKNOWN" && (
                  <StatusBadge status={qualityRating} />
                )}
              </Group>
              <Text size="sm" c="dimmed">
                {[phoneNumber, `${format.number(currentMessagesPerSecond)} messages a second`]
                  .filter(Boolean)
                  .join(", ")}
              </Text>
            </div>
          ),
        )}
      </Stack>
    </Paper>
  );
}

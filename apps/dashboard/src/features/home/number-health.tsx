import type { Provider } from "@/api/types.ts";
import type { Format } from "@/theme/format.ts";
import { Card } from "@/ui/card.tsx";
import { numberTitle } from "@/ui/number-title.ts";
import { QualityBadge } from "@/ui/quality-badge.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Stack, Text } from "@mantine/core";

/** Lists the numbers with their status, quality rating and sending rate. */
export function NumberHealth({ numbers, format }: { numbers: Provider[]; format: Format }) {
  return (
    <Card title="Numbers">
      {numbers.length === 0 && <Text c="dimmed">No number is connected yet.</Text>}
      <Stack gap="sm">
        {numbers.map((number) => (
          <div key={number.id}>
            <Group gap="xs">
              <TextLink href={`/settings/whatsapp/${number.id}`} fw={600}>
                {numberTitle(number)}
              </TextLink>
              <StatusBadge status={number.status} />
              <QualityBadge rating={number.qualityRating} />
            </Group>
            <Text size="sm" c="dimmed">
              {[
                number.phoneNumber,
                `${format.number(number.currentMessagesPerSecond)} messages a second`,
              ]
                .filter(Boolean)
                .join(", ")}
            </Text>
          </div>
        ))}
      </Stack>
    </Card>
  );
}

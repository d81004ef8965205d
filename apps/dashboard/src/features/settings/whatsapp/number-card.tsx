import type { Provider } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { numberTitle } from "@/ui/number-title.ts";
import { QualityBadge } from "@/ui/quality-badge.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Text } from "@mantine/core";
import { limitWords } from "./provider-words.ts";

/** Shows a number in the list of the organization's numbers. */
export function NumberCard({ number }: { number: Provider }) {
  const { id, phoneNumber, status, qualityRating, lastWebhookAt } = number;
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <TextLink href={`/settings/whatsapp/${id}`} fw={600}>
            {numberTitle(number)}
          </TextLink>
          <StatusBadge status={status} />
          <QualityBadge rating={qualityRating} />
        </Group>
        <Text size="sm">{phoneNumber}</Text>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        Messaging limit: {limitWords(number)}. Last news from Meta:{" "}
        <DateTime value={lastWebhookAt} none="none yet" />.
      </Text>
    </Paper>
  );
}

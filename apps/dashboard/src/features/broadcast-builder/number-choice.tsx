"use client";
import type { Provider } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { QualityBadge } from "@/ui/quality-badge.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Select, Text } from "@mantine/core";

/** Selects the number that sends a broadcast, and shows its status. */
export function NumberChoice({
  numbers,
  value,
  onChange,
}: {
  numbers: Provider[];
  value: string | null;
  onChange(id: string): void;
}) {
  const format = useFormat();
  const chosen = numbers.find(({ id }) => id === value);
  const offered = numbers.filter(({ id, movedAt }) => movedAt === null || id === value);
  return (
    <div>
      <Select
        label="Send from"
        required
        data={offered.map(({ id, displayName, phoneNumber, phoneNumberId }) => ({
          value: id,
          label: [displayName, phoneNumber ?? phoneNumberId].filter(Boolean).join(", "),
        }))}
        value={value}
        onChange={(id) => id && onChange(id)}
        allowDeselect={false}
      />
      {chosen && (
        <Group gap="xs" mt="xs">
          <StatusBadge status={chosen.status} />
          <QualityBadge rating={chosen.qualityRating} />
          <Text size="sm" c="dimmed">
            up to {format.number(chosen.currentMessagesPerSecond)} messages a second
          </Text>
        </Group>
      )}
      {chosen && chosen.status !== "connected" && (
        <Text size="sm" mt={4}>
          {chosen.statusMessage}{" "}
          <TextLink href={`/settings/whatsapp/${chosen.id}`} size="sm" underline="always">
            See what to do
          </TextLink>
        </Text>
      )}
    </div>
  );
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";

/** Lists the reasons why recipients weren't reached, with advice and the number of recipients. */
export function FailureGroups({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const failures = useFailures(broadcast);
  if (failures.length === 0) return null;
  return (
    <Card title="Who wasn't reached, and why">
      <Stack>
        {failures.map(({ status, errorCode, title, advice, count }) => (
          <div key={`${status} ${errorCode}`}>
            <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
              <Group gap="xs">
                <Text fw={600}>{title}</Text>
                <StatusBadge status={status} />
              </Group>
              <TextLink
                href={`/broadcasts/${broadcast.id}/recipients?status=${status}${errorCode === null ? "" : `&errorCode=${errorCode}`}`}
                size="sm"
                style={{ whiteSpace: "nowrap" }}
              >
                {format.number(count)} {count === 1 ? "person" : "people"}
              </TextLink>
            </Group>
            <Text size="sm" c="dimmed">
              {advice}
            </Text>
          </div>
        ))}
      </Stack>
    </Card>
  );
}

function useFailures({ id, failedSends, skippedCount, unknownCount }: Broadcast) {
  // The delay limits requests to one per second while many messages fail.
  const [counts] = useDebouncedValue([failedSends, skippedCount, unknownCount].join(), 1_000);
  const { data } = useLoaded((signal) => {
    const request = { params: { path: { id } }, signal };
    return send(browserApi.GET("/v1/broadcasts/{id}/failures", request));
  }, `${id} ${counts}`);
  return data?.items ?? [];
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Failure } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";

/** Lists the reasons why recipients weren't reached, with advice and the number of recipients. */
export function FailureGroups({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const failures = useFailures(broadcast);
  if (failures === null || failures.length === 0) return null;
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

function useFailures({ id, failedSends, skippedCount, unknownCount }: Broadcast): Failure[] | null {
  const [failures, setFailures] = useState<Failure[] | null>(null);
  // The delay limits requests to one per second while many messages fail.
  useEffect(() => {
    const timer = setTimeout(() => void loadFailures(), failures === null ? 0 : 1_000);
    async function loadFailures(): Promise<void> {
      const params = { path: { id } };
      const found = await send(browserApi.GET("/v1/broadcasts/{id}/failures", { params })).catch(
        () => null,
      );
      if (found !== null) setFailures(found.items);
    }
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- reloaded when these counts change
  }, [id, failedSends, skippedCount, unknownCount]);
  return failures;
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Failure } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";

/** Who wasn't reached, by reason: what it means and what to do. */
export function FailureGroups({ broadcast }: { broadcast: Broadcast }) {
  const format = useFormat();
  const failures = useFailures(broadcast);
  if (failures === null || failures.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        Who wasn&apos;t reached, and why
      </Title>
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
    </Paper>
  );
}

function useFailures({ id, failedSends, skippedCount, unknownCount }: Broadcast): Failure[] | null {
  const [failures, setFailures] = useState<Failure[] | null>(null);
  // While it fails fast it is asked for once a second at most.
  useEffect(() => {
    const timer = setTimeout(() => void look(), failures === null ? 0 : 1_000);
    async function look(): Promise<void> {
      const params = { path: { id } };
      const found = await send(browserApi.GET("/v1/broadcasts/{id}/failures", { params })).catch(
        () => null,
      );
      if (found !== null) setFailures(found.items);
    }
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- looked at anew when these counts move
  }, [id, failedSends, skippedCount, unknownCount]);
  return failures;
}

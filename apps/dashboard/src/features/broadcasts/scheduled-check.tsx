import { api } from "@/api/server.ts";
import type { Preflight } from "@/api/types.ts";
import { getFormat } from "@/theme/read-locale.ts";
import { Card } from "@/ui/card.tsx";
import { Skeleton, Stack, Text } from "@mantine/core";

/**
 * Shows what would happen if a scheduled broadcast were sent now, so that problems can be fixed in
 * time.
 */
export async function ScheduledCheck({ id }: { id: string }) {
  const [client, format] = await Promise.all([api(), getFormat()]);
  // A broadcast launched since the page was requested has nothing to check.
  const { data } = await client.POST("/v1/broadcasts/{id}/preflight", { params: { path: { id } } });
  if (data === undefined) return null;
  const { recipients, expectedDurationSeconds, skipped } = data;
  const takes =
    expectedDurationSeconds === null || recipients === 0
      ? ""
      : `, in about ${format.duration(expectedDurationSeconds)}`;
  return (
    <Card title="If it were sent now" mb="xs">
      <Stack gap="xs">
        <Text>
          <b>{format.number(recipients)}</b> {recipients === 1 ? "person" : "people"} would get it
          {takes}.
        </Text>
        {skipped.map(({ reason, count, message }) => (
          <Text key={reason} size="sm" c="dimmed">
            {format.number(count)} left out: {message}
          </Text>
        ))}
        <Problems problems={data.problems} warnings={data.warnings} />
      </Stack>
    </Card>
  );
}

function Problems({ problems, warnings }: Pick<Preflight, "problems" | "warnings">) {
  return (
    <>
      {problems.map(({ path, message }) => (
        <Text key={`${path} ${message}`} size="sm" c="var(--mantine-color-error)">
          It can&apos;t be sent like this: {message}
        </Text>
      ))}
      {warnings.map(({ code, message }) => (
        <Text key={code} size="sm">
          {message}
        </Text>
      ))}
    </>
  );
}

export function ScheduledCheckSkeleton() {
  return <Skeleton height={110} aria-label="Checking who would get it" />;
}

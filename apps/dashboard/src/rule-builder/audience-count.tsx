"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { AudiencePreview } from "@/api/types.ts";
import { errorMessage, useLoaded } from "@/api/use-loaded.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Problem } from "@/ui/problem.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { isIncomplete, type SegmentGroup } from "./segment-rules.ts";

/** Shows how many contacts match the rules now, how many are excluded and why, and a sample. */
export function AudienceCount({ group }: { group: SegmentGroup }) {
  const format = useFormat();
  const { audience, problem, isCounting, retry } = useAudience(group);
  if (isIncomplete(group)) {
    return (
      <Paper withBorder p="md" mih={120}>
        <Text c="dimmed">Fill in every rule to see who it finds.</Text>
      </Paper>
    );
  }
  return (
    <Paper withBorder p="md" mih={120} aria-busy={isCounting}>
      <Stack gap={6}>
        <Group gap="xs" role="status">
          <Text size="xl" fw={700}>
            {audience ? format.number(audience.count) : "…"}
          </Text>
          <Text>{audience?.count === 1 ? "person would get it" : "people would get it"}</Text>
          {isCounting && <Loader size="xs" />}
        </Group>
        {problem && <Problem message={problem} onRetry={retry} />}
        {audience && <ExcludedContacts {...audience} />}
        {audience && audience.sample.length > 0 && (
          <Text size="sm" c="dimmed">
            For example:{" "}
            {audience.sample.map(({ id, name, phone }, index) => (
              <span key={id}>
                {index > 0 && ", "}
                <TextLink href={`/contacts/${id}`} target="_blank" size="sm">
                  {name ?? phone}
                </TextLink>
              </span>
            ))}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function ExcludedContacts({ optedOut, withoutPhone }: AudiencePreview) {
  const format = useFormat();
  if (optedOut + withoutPhone === 0) return null;
  const reasons = [
    ...(optedOut > 0 ? [`${format.number(optedOut)} who opted out`] : []),
    ...(withoutPhone > 0 ? [`${format.number(withoutPhone)} without a phone number`] : []),
  ];
  return (
    <Text size="sm" c="dimmed">
      Left out: {reasons.join(" and ")}.
    </Text>
  );
}

function useAudience(group: SegmentGroup) {
  const text = JSON.stringify(group);
  const [settled] = useDebouncedValue(text, 400);
  const { data, error, isLoading, reload } = useLoaded(
    isIncomplete(group)
      ? null
      : (signal) => {
          const request = { body: { segmentCriteria: group }, signal };
          return send(browserApi.POST("/v1/audiences/preview", request));
        },
    settled,
  );
  return {
    audience: error === null ? data : null,
    problem: error === null ? null : errorMessage(error, "It can't be counted now."),
    isCounting: isLoading || settled !== text,
    retry: reload,
  };
}

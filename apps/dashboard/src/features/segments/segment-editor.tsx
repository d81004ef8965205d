"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Segment } from "@/api/types.ts";
import { useSubmit } from "@/api/use-form.ts";
import { AudienceCount } from "@/rule-builder/audience-count.tsx";
import { LazyRuleBuilder } from "@/rule-builder/lazy-rule-builder.tsx";
import type { RuleFields } from "@/rule-builder/rule-fields.ts";
import { groupOf, isIncomplete } from "@/rule-builder/segment-rules.ts";
import { useMay } from "@/shell/rights.tsx";
import { Problem } from "@/ui/problem.tsx";
import { useUnsavedWarning } from "@/ui/use-unsaved-warning.ts";
import { Button, Group, Paper, Stack, TextInput, Title } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";

/** Edits a segment's name and rules, and counts its contacts meanwhile. */
export function SegmentEditor({
  segment,
  fields,
}: {
  segment: Segment | null;
  fields: RuleFields;
}) {
  const router = useRouter();
  const maySave = useMay("write");
  const [name, setName] = useState(segment?.name ?? "");
  const [group, setGroup] = useState(() => groupOf(segment?.segmentCriteria ?? null));
  const [isChanged, setChanged] = useState(false);
  useUnsavedWarning(isChanged);
  const { submit, isPending, error } = useSubmit(
    () => {
      const body = { name, segmentCriteria: group };
      if (segment === null) return send(browserApi.POST("/v1/segments", { body }));
      const params = { path: { id: segment.id } };
      return send(browserApi.PATCH("/v1/segments/{id}", { params, body }));
    },
    {
      done: "The segment is saved",
      onDone: ({ id }) => {
        setChanged(false);
        if (segment === null) router.push(`/segments/${id}`);
      },
    },
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Paper withBorder p="md">
          <Stack>
            <TextInput
              label="Name"
              required
              value={name}
              maxLength={200}
              readOnly={!maySave}
              onChange={(event) => {
                setName(event.currentTarget.value);
                setChanged(true);
              }}
              error={error?.fields["name"]}
            />
            <div>
              <Title order={2} size="h5" mb="xs">
                Who belongs to it
              </Title>
              <LazyRuleBuilder
                value={segment?.segmentCriteria ?? null}
                fields={fields}
                onChange={(changed) => {
                  setGroup(changed);
                  setChanged(true);
                }}
              />
            </div>
          </Stack>
        </Paper>
        <AudienceCount group={group} />
        {error && !error.fields["name"] && <Problem message={error.message} />}
        {maySave && (
          <Group justify="flex-end">
            <Button type="submit" loading={isPending} disabled={isIncomplete(group)}>
              Save the segment
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

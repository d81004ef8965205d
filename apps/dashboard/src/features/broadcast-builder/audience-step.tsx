"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Segment } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { AudienceCount } from "@/rule-builder/audience-count.tsx";
import { describeCriteria } from "@/rule-builder/describe-criteria.ts";
import { LazyRuleBuilder } from "@/rule-builder/lazy-rule-builder.tsx";
import type { RuleFields } from "@/rule-builder/rule-fields.ts";
import {
  everyone,
  groupOf,
  isIncomplete,
  type SegmentGroup,
} from "@/rule-builder/segment-rules.ts";
import {
  Button,
  Group,
  Modal,
  Paper,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { BuilderFrame } from "./builder-frame.tsx";
import { useDraft } from "./use-draft.ts";

type AudienceMode = "everyone" | "segment" | "rules";

/** Edits the audience: everyone, a saved segment, or rules for this broadcast only. */
export function AudienceStep({
  broadcast,
  segments,
  fields,
}: {
  broadcast: Broadcast;
  segments: Segment[];
  fields: RuleFields;
}) {
  const before = groupOf(broadcast.segmentCriteria);
  const same = segments.find(
    ({ segmentCriteria }) => JSON.stringify(groupOf(segmentCriteria)) === JSON.stringify(before),
  );
  const [mode, setMode] = useState<AudienceMode>(() => initialMode(broadcast, segments, same));
  const [segmentId, setSegmentId] = useState(same?.id ?? null);
  const [rules, setRules] = useState<SegmentGroup>(before);
  const segment = segments.find(({ id }) => id === segmentId);
  const group =
    mode === "everyone"
      ? everyone
      : mode === "rules"
        ? rules
        : groupOf(segment?.segmentCriteria ?? null);
  const hint =
    mode === "segment" && !segment
      ? "Choose a segment"
      : mode === "rules" && (rules.rules.length === 0 || isIncomplete(rules))
        ? "Fill in every rule"
        : null;
  const isChanged =
    hint === null &&
    (broadcast.segmentCriteria === null || JSON.stringify(group) !== JSON.stringify(before));
  const draft = useDraft(broadcast.id, { segmentCriteria: group }, isChanged);
  return (
    <BuilderFrame step="audience" broadcast={broadcast} {...draft} hint={hint}>
      <Stack>
        <Paper withBorder p="md">
          <Stack>
            <SegmentedControl
              aria-label="Who gets it"
              data={[
                { value: "everyone", label: "Everyone" },
                { value: "segment", label: "A saved segment" },
                { value: "rules", label: "By rules" },
              ]}
              value={mode}
              onChange={(value) => {
                if (value === "everyone" || value === "segment" || value === "rules")
                  setMode(value);
              }}
            />
            {mode === "everyone" && (
              <Text size="sm" c="dimmed">
                All contacts of your organization, but for those who opted out.
              </Text>
            )}
            {mode === "segment" && (
              <Select
                label="Segment"
                placeholder={segments.length === 0 ? "There is none yet" : "Choose one"}
                data={segments.map(({ id, name }) => ({ value: id, label: name }))}
                value={segmentId}
                onChange={setSegmentId}
                searchable
                description={segment && describeCriteria(segment.segmentCriteria, fields)}
              />
            )}
            {mode === "rules" && (
              <>
                <LazyRuleBuilder value={rules} fields={fields} onChange={setRules} />
                <SaveSegment group={rules} isReady={hint === null} />
              </>
            )}
          </Stack>
        </Paper>
        {(mode !== "segment" || segment) && <AudienceCount group={group} />}
      </Stack>
    </BuilderFrame>
  );
}

function initialMode(
  { segmentCriteria }: Broadcast,
  segments: Segment[],
  same: Segment | undefined,
): AudienceMode {
  if (same) return "segment";
  if (segmentCriteria === null) return segments.length > 0 ? "segment" : "everyone";
  return groupOf(segmentCriteria).rules.length === 0 ? "everyone" : "rules";
}

function SaveSegment({ group, isReady }: { group: SegmentGroup; isReady: boolean }) {
  const [isOpen, { open, close }] = useDisclosure();
  const [name, setName] = useState("");
  const { run, isPending, error } = useAction();
  function save(): void {
    const body = { name, segmentCriteria: group };
    void run(() => send(browserApi.POST("/v1/segments", { body })), {
      quiet: true,
      done: `Saved as the segment ${name}`,
      onDone: close,
    });
  }
  return (
    <>
      <Button variant="subtle" size="xs" w="fit-content" disabled={!isReady} onClick={open}>
        Save as a segment
      </Button>
      <Modal opened={isOpen} onClose={close} title="Save as a segment" centered>
        <Stack>
          <TextInput
            label="Name of the segment"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
            error={error?.message}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button loading={isPending} disabled={name.trim() === ""} onClick={save}>
              Save
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

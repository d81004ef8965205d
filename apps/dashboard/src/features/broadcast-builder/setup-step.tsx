"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Provider, SegmentCriteria } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { Paper, Radio, RadioGroup, Stack, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState, type ComponentProps } from "react";
import { BuilderFrame } from "./builder-frame.tsx";
import { NumberChoice } from "./number-choice.tsx";
import { ScheduleFields } from "./schedule-fields.tsx";
import { keepSchedule, useSchedule, type Schedule } from "./schedule.ts";
import { useDraft } from "./use-draft.ts";

/** Shows the first step of a new broadcast; the next step creates the draft. */
export function NewSetupStep({
  numbers,
  start,
}: {
  numbers: Provider[];
  start: { templateId: string | null; segmentCriteria: SegmentCriteria | null };
}) {
  const router = useRouter();
  const [setup, setSetup] = useState(() => startSetup(null, numbers));
  const [schedule, setSchedule] = useState<Schedule>(null);
  const { run, isPending, error } = useAction();
  function create(): void {
    const body = { draft: true as const, ...setup, ...start, variables: {} };
    void run(() => send(browserApi.POST("/v1/broadcasts", { body })), {
      quiet: true,
      refresh: false,
      onDone: ({ id }) => {
        keepSchedule(id, schedule);
        router.push(`/broadcasts/${id}/edit/audience`);
      },
    });
  }
  return (
    <SetupFrame
      broadcast={null}
      onGo={create}
      isSaving={isPending}
      error={error}
      setup={setup}
      setSetup={setSetup}
      schedule={schedule}
      onSchedule={setSchedule}
      numbers={numbers}
    />
  );
}

/** Shows the first step of an existing draft. */
export function SetupStep({ broadcast, numbers }: { broadcast: Broadcast; numbers: Provider[] }) {
  const [setup, setSetup] = useState(() => startSetup(broadcast, numbers));
  const { schedule, change } = useSchedule(broadcast.id);
  const isChanged =
    setup.name !== broadcast.name ||
    setup.providerId !== broadcast.providerId ||
    setup.marketingCap !== broadcast.marketingCap;
  const draft = useDraft(broadcast.id, setup, isChanged);
  return (
    <SetupFrame
      broadcast={broadcast}
      {...draft}
      setup={setup}
      setSetup={setSetup}
      schedule={schedule}
      onSchedule={change}
      numbers={numbers}
    />
  );
}

interface Setup {
  name: string;
  providerId: string | null;
  marketingCap: Broadcast["marketingCap"];
}

function startSetup(broadcast: Broadcast | null, numbers: Provider[]): Setup {
  const usable = numbers.find(({ status }) => status === "connected") ?? numbers[0];
  return {
    name: broadcast?.name ?? "",
    providerId: broadcast?.providerId ?? usable?.id ?? null,
    marketingCap: broadcast?.marketingCap ?? "fail",
  };
}

function missing({ name, providerId }: Setup, schedule: Schedule): string | null {
  if (name.trim() === "") return "Give it a name";
  if (providerId === null) return "Choose a number";
  return schedule !== null && schedule.localTime === "" ? "Say when" : null;
}

function SetupFrame({
  setup,
  setSetup,
  schedule,
  onSchedule,
  numbers,
  ...frame
}: Omit<ComponentProps<typeof BuilderFrame>, "step" | "hint" | "children"> & {
  setup: Setup;
  setSetup(setup: Setup): void;
  schedule: Schedule;
  onSchedule(schedule: Schedule): void;
  numbers: Provider[];
}) {
  const onChange = (changes: Partial<Setup>) => setSetup({ ...setup, ...changes });
  return (
    <BuilderFrame step="setup" {...frame} hint={missing(setup, schedule)}>
      <Stack>
        <Paper withBorder p="md">
          <Stack>
            <TextInput
              label="Name"
              description="Only your team sees it"
              placeholder="Spring sale"
              required
              maxLength={200}
              value={setup.name}
              onChange={(event) => onChange({ name: event.currentTarget.value })}
            />
            <NumberChoice
              numbers={numbers}
              value={setup.providerId}
              onChange={(providerId) => onChange({ providerId })}
            />
          </Stack>
        </Paper>
        <ScheduleFields schedule={schedule} onChange={onSchedule} />
        <Paper withBorder p="md">
          <RadioGroup
            label="Where Meta spares somebody marketing messages for now"
            description="Meta holds back when a person has had many lately, from any business."
            value={setup.marketingCap}
            onChange={(value) =>
              onChange({ marketingCap: value === "retry_after_24h" ? value : "fail" })
            }
          >
            <Stack gap="xs" mt="xs">
              <Radio value="fail" label="Count them as not reached" />
              <Radio value="retry_after_24h" label="Try once more after a day" />
            </Stack>
          </RadioGroup>
        </Paper>
      </Stack>
    </BuilderFrame>
  );
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Preflight } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { describeSchedule } from "./preflight-figures.tsx";
import { keepSchedule, type Schedule } from "./schedule.ts";

/** Sends or schedules the broadcast, only after a dialog that states the number of recipients. */
export function SendConfirmation({
  broadcast,
  preflight,
  schedule,
  onRefused,
}: {
  broadcast: Broadcast;
  preflight: Preflight;
  schedule: Schedule;
  onRefused(): void;
}) {
  const router = useRouter();
  const format = useFormat();
  const [isOpen, { open, close }] = useDisclosure();
  const { run, isPending, error } = useAction();
  // One key per attempt: its repeat after a new sign-in doesn't send twice.
  const idempotencyKey = useRef<string>(undefined);
  const people = `${format.number(preflight.recipients)} ${preflight.recipients === 1 ? "person" : "people"}`;
  const when = schedule === null ? null : describeSchedule(schedule, format.locale);
  async function confirm(): Promise<void> {
    idempotencyKey.current ??= crypto.randomUUID();
    const params = {
      path: { id: broadcast.id },
      header: { "idempotency-key": idempotencyKey.current },
    };
    const sent = await run(
      () =>
        schedule === null
          ? send(browserApi.POST("/v1/broadcasts/{id}/launch", { params }))
          : send(
              browserApi.POST("/v1/broadcasts/{id}/schedule", {
                params,
                body: { scheduledAt: schedule.localTime, timeZone: schedule.timeZone },
              }),
            ),
      { quiet: true, refresh: false },
    );
    if (sent === null) {
      // The next attempt is another request: the refused broadcast may have been fixed.
      idempotencyKey.current = undefined;
      onRefused();
      return;
    }
    keepSchedule(broadcast.id, null);
    router.push(`/broadcasts/${broadcast.id}`);
  }
  return (
    <>
      <Group justify="flex-end">
        <Button
          size="md"
          leftSection={<IconSend size={18} aria-hidden />}
          disabled={!preflight.canLaunch || preflight.recipients === 0}
          onClick={open}
        >
          {when === null ? "Send …" : "Schedule …"}
        </Button>
      </Group>
      {preflight.recipients === 0 && (
        <Text size="sm" c="dimmed" ta="end">
          Nobody would get it: choose another audience.
        </Text>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        centered
        title={when === null ? "Send it now?" : "Schedule it?"}
      >
        <Stack>
          <Text>
            <b>{people}</b> {when === null ? "get" : `will get, on ${when},`} the message “
            {broadcast.templateName}” from {broadcast.providerName}.
            {when === null && " What is sent can't be taken back."}
          </Text>
          {error && <Problem message={error.message} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Not yet
            </Button>
            <Button loading={isPending} onClick={() => void confirm()}>
              {when === null ? `Send to ${people}` : `Schedule for ${people}`}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

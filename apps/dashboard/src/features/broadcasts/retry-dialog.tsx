"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { retryOutlook } from "./retry-outlook.ts";

export type Retry = "retry-failed" | "resend-unknown";

/** Asks before recipients get a message again, and states how many a retry may reach. */
export function RetryDialog({
  broadcast,
  retry,
  onClose,
  onChanged,
}: {
  broadcast: Broadcast;
  retry: Retry;
  onClose(): void;
  onChanged(broadcast: Broadcast): void;
}) {
  const format = useFormat();
  const { run, isPending, error } = useAction();
  const { id, failedSends, unknownCount } = broadcast;
  const params = { path: { id } };
  const isFailed = retry === "retry-failed";
  const count = isFailed ? failedSends : unknownCount;
  const people = count === 1 ? "1 person" : `${format.number(count)} people`;
  function confirm(): void {
    const path = `/v1/broadcasts/{id}/${retry}` as const;
    void run(() => send(browserApi.POST(path, { params })), {
      quiet: true,
      onDone: (changed) => {
        onChanged(changed);
        onClose();
      },
    });
  }
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={isFailed ? `Try again with ${people} who failed?` : `Send again to ${people}?`}
    >
      <Stack>
        {isFailed ? (
          <FailedWords id={id} />
        ) : (
          <Text size="sm">
            Meta never confirmed these. Some may have got the message already and would get it
            twice. Meta&apos;s confirmation often comes within minutes: wait for it where you can.
          </Text>
        )}
        {error && <Problem message={error.message} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Leave it
          </Button>
          <Button loading={isPending} onClick={confirm}>
            {isFailed ? "Retry" : "Send again"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function FailedWords({ id }: { id: string }) {
  const format = useFormat();
  // The dialog works without the outlook.
  const { data } = useLoaded((signal) => {
    const request = { params: { path: { id } }, signal };
    return send(browserApi.GET("/v1/broadcasts/{id}/failures", request));
  }, id);
  const outlook = data && retryOutlook(data.items);
  return (
    <Stack gap="xs">
      <Text size="sm">
        Everyone who failed gets another try, except those who have opted out or whose contact was
        deleted. Those whom Meta spares marketing for now wait until a day after it said so.
      </Text>
      {outlook && (
        <Text size="sm" role="status">
          Another try may reach <b>{format.number(outlook.retryable)}</b> of them.
          {outlook.permanent > 0 &&
            ` The other ${format.number(outlook.permanent)} will most likely fail again unless you mend what the reasons on this page say.`}
        </Text>
      )}
    </Stack>
  );
}

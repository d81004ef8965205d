"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { useMay } from "@/shell/rights.tsx";
import { useFormat } from "@/theme/locale.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { Button } from "@mantine/core";
import { IconDownload, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { cancelWords } from "./cancel-words.ts";
import { FollowUpMenu } from "./follow-up-menu.tsx";

type OnChanged = (broadcast: Broadcast) => void;

/** Shows the actions that the broadcast's status and the reader's rights allow. */
export function BroadcastActions({
  broadcast,
  onChanged,
}: {
  broadcast: Broadcast;
  onChanged: OnChanged;
}) {
  const mayAct = useMay("write");
  const { id, status, totalRecipients } = broadcast;
  return (
    <>
      {mayAct && <StateActions broadcast={broadcast} onChanged={onChanged} />}
      {totalRecipients > 0 && (
        <LinkButton
          href={`/v1/broadcasts/${id}/recipients.csv`}
          isFile
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Export
        </LinkButton>
      )}
      {mayAct && status !== "draft" && <FollowUpMenu broadcast={broadcast} onChanged={onChanged} />}
    </>
  );
}

function StateActions({ broadcast, onChanged }: { broadcast: Broadcast; onChanged: OnChanged }) {
  const { run, isPending } = useAction();
  const { id, status } = broadcast;
  const params = { path: { id } };
  const act = (work: () => Promise<Broadcast>) =>
    void run(work, { refresh: false, onDone: onChanged });
  switch (status) {
    case "sending":
      return (
        <>
          <Button
            variant="default"
            loading={isPending}
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() =>
              act(() => send(browserApi.POST("/v1/broadcasts/{id}/pause", { params })))
            }
          >
            Pause
          </Button>
          <Cancel broadcast={broadcast} onChanged={onChanged} />
        </>
      );
    case "paused":
      return (
        <>
          <Button
            loading={isPending}
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            onClick={() =>
              act(() => send(browserApi.POST("/v1/broadcasts/{id}/resume", { params })))
            }
          >
            Resume
          </Button>
          <Cancel broadcast={broadcast} onChanged={onChanged} />
        </>
      );
    case "preparing":
      return <Cancel broadcast={broadcast} onChanged={onChanged} />;
    case "scheduled":
      return (
        <>
          {broadcast.waiting?.reason === "schedule_missed" && (
            <SendNow broadcast={broadcast} onChanged={onChanged} />
          )}
          <LinkButton href={`/broadcasts/${id}/edit/setup`} variant="default">
            Change it
          </LinkButton>
          <Cancel broadcast={broadcast} onChanged={onChanged} />
        </>
      );
    case "draft":
      return <LinkButton href={`/broadcasts/${id}/edit/setup`}>Go on with the draft</LinkButton>;
    case "completed":
    case "canceled":
    case "failed":
      return null;
  }
}

function SendNow({ broadcast: { id }, onChanged }: { broadcast: Broadcast; onChanged: OnChanged }) {
  return (
    <ConfirmButton
      label="Send now"
      title="Send this broadcast now?"
      confirm="Send the broadcast"
      work={async () =>
        onChanged(
          await send(browserApi.POST("/v1/broadcasts/{id}/launch", { params: { path: { id } } })),
        )
      }
    >
      Its planned time has passed. The audience is looked up now, and sending begins at once.
    </ConfirmButton>
  );
}

function Cancel({ broadcast, onChanged }: { broadcast: Broadcast; onChanged: OnChanged }) {
  const format = useFormat();
  const { id } = broadcast;
  return (
    <ConfirmButton
      label="Cancel"
      title="Cancel this broadcast?"
      confirm="Cancel the broadcast"
      work={async () =>
        onChanged(
          await send(browserApi.POST("/v1/broadcasts/{id}/cancel", { params: { path: { id } } })),
        )
      }
    >
      {cancelWords(broadcast, format.number)}
    </ConfirmButton>
  );
}

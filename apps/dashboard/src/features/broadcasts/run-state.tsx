import type { Broadcast } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Alert } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Explains why a broadcast isn't sending now, and what to do about it. */
export function RunState({ broadcast }: { broadcast: Broadcast }) {
  const { status, pauseMessage, failureMessage, waiting, scheduledAt, timeZone } = broadcast;
  const { retrying } = broadcast;
  switch (status) {
    case "draft":
      return (
        <Note color="gray" title="It is a draft">
          Nothing is sent before somebody who may launch broadcasts has completed and sent it.
        </Note>
      );
    case "scheduled":
      return waiting?.reason === "schedule_missed" ? (
        <Note color="yellow" title="Its time has passed">
          It was due on <DateTime value={scheduledAt} /> and wasn&apos;t sent, because it would have
          been too late. Send it now, or choose another time.
        </Note>
      ) : (
        <Note color="blue" title="It is scheduled">
          It will be sent on <DateTime value={scheduledAt} />
          {timeZone !== null && `, planned in ${timeZone.replaceAll("_", " ")}`}. Who gets it is
          looked up at that moment.
        </Note>
      );
    case "preparing":
      return (
        <Note color="blue" title="It is being prepared">
          Everyone who gets it is being looked up; sending begins by itself.
        </Note>
      );
    case "paused":
      return (
        <Note color="yellow" title="It is paused">
          {pauseMessage ?? "Resume it when you like: it goes on where it stopped."}
        </Note>
      );
    case "failed":
      return (
        <Note color="red" title="It couldn't be sent">
          {failureMessage ?? "Look at who wasn't reached and why, then retry or duplicate it."}
        </Note>
      );
    case "sending":
    case "completed":
    case "canceled":
      if (waiting !== null) {
        return (
          <Note color="yellow" title="It waits">
            {waiting.message}
          </Note>
        );
      }
      return retrying === null ? null : (
        <Note color="blue" title={retrying === "failed" ? "Retry started" : "Resend started"}>
          {retryWords[retrying]}
        </Note>
      );
  }
}

const retryWords = {
  failed:
    "Recipients who failed become pending again, a few thousand at a time. Sending continues meanwhile.",
  unknown:
    "Unconfirmed recipients become pending again, a few thousand at a time. Sending continues meanwhile.",
};

function Note({ color, title, children }: { color: string; title: string; children: ReactNode }) {
  return (
    <Alert color={color} icon={<IconInfoCircle />} title={title} role="status">
      {children}
    </Alert>
  );
}

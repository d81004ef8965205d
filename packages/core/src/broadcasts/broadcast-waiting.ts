import type { BroadcastWaiting } from "@loudhailer/contracts/broadcasts.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { silenceSecondsMax } from "@loudhailer/pacing/tuning.ts";
import { sql, type ExpressionBuilder } from "kysely";

/**
 * The moments a sending broadcast may be waiting for. Past moments are null, except
 * `next_attempt_at`.
 */
export interface WaitingColumns {
  limited_until: Date | null;
  held_until: Date | null;
  /** Since when Meta hasn't answered the number's messages to a live dispatcher; null if it does. */
  graph_away_since: Date | null;
  /** The earliest next attempt to come of the broadcast's recipients. */
  next_attempt_at: Date | null;
  /** Number of recipients with a next attempt to come. */
  waiting_recipients: string | null;
}

/**
 * Selects what a broadcast `b` of the number `p` may be waiting for. Waiting recipients are counted
 * in a partial index that contains only them, and only if the broadcast is sending.
 */
export function selectWaiting(
  eb: ExpressionBuilder<Database & { b: Database["whatsapp_broadcasts"] }, "b">,
) {
  return (
    eb
      .selectFrom("whatsapp_broadcast_recipients as r")
      .where("b.status", "=", "sending")
      .whereRef("r.broadcast_id", "=", "b.id")
      .where("r.next_attempt_at", ">", sql<Date>`now()`)
      // That is the moment of an attempt under way.
      .where("r.next_attempt_at", "<", sql<Date>`'infinity'`)
      .select((of) => [
        of.fn.min("r.next_attempt_at").as("next_attempt_at"),
        of.fn.countAll<string>().as("waiting_recipients"),
        untilToCome("messaging_limit_until").as("limited_until"),
        untilToCome("held_until").as("held_until"),
        sql<Date | null>`(
        select min((d.numbers_away ->> p.phone_number_id)::timestamptz) from dispatchers d
        where d.last_seen_at > now() - ${silenceSecondsMax} * interval '1 second'
      )`.as("graph_away_since"),
      ])
      .as("w")
  );
}

function untilToCome(column: "messaging_limit_until" | "held_until") {
  const moment = sql.ref(`p.${column}`);
  return sql<Date | null>`case when ${moment} > now() then ${moment} end`;
}

type SendingReason = Exclude<BroadcastWaiting["reason"], "schedule_missed">;

/** Words for each reason; `moment` is its end, or its beginning if the end is unknown. */
const messages: Record<SendingReason, (moment: string) => string> = {
  messaging_limit: (until) =>
    `Waiting for the messaging limit until ${until}: your business has written to as many people within 24 hours as Meta allows. It goes on by itself.`,
  meta_unavailable: (since) =>
    `Meta has not answered since ${since}. We keep trying, and go on by ourselves.`,
  number_held: (until) => `The number rests until ${until}, then it goes on by itself.`,
  retry_later: (from) =>
    `Everybody else is done; those left are tried again from ${from} on, by itself.`,
};

/**
 * Returns what a sending broadcast with `pendingCount` unsettled recipients waits for, or null if
 * it isn't waiting.
 */
export function describeWaiting(
  row: WaitingColumns,
  pendingCount: number,
): BroadcastWaiting | null {
  const { limited_until, held_until, graph_away_since, next_attempt_at } = row;
  if (pendingCount === 0) return null;
  if (limited_until) return waiting("messaging_limit", limited_until);
  if (graph_away_since) return { ...waiting("meta_unavailable", graph_away_since), until: null };
  if (held_until) return waiting("number_held", held_until);
  const everyoneWaits = Number(row.waiting_recipients) >= pendingCount;
  if (next_attempt_at && everyoneWaits && next_attempt_at.getTime() > Date.now()) {
    return waiting("retry_later", next_attempt_at);
  }
  return null;
}

/** Returns that a scheduled broadcast that missed its time waits for a person. */
export function describeMissedSchedule(scheduledAt: Date): BroadcastWaiting {
  return {
    reason: "schedule_missed",
    until: null,
    message: `Its time, ${words(scheduledAt)}, was missed. Launch it now, or choose another time.`,
  };
}

function waiting(reason: SendingReason, moment: Date): BroadcastWaiting {
  return { reason, until: moment.toISOString(), message: messages[reason](words(moment)) };
}

/** Formats a moment as `2026-09-30 14:05:59 UTC`. */
function words(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

import type { BroadcastWaiting } from "@loudhailer/contracts/broadcasts.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { silenceSecondsMax } from "@loudhailer/pacing/dispatcher-silence.ts";
import { sql, type ExpressionBuilder } from "kysely";

/** Of a broadcast that is sending. Moments that are past are left out, but for the next attempt. */
export interface WaitingColumns {
  limited_until: Date | null;
  held_until: Date | null;
  /** Since when a dispatcher that lives can't reach Meta. */
  graph_away_since: Date | null;
  /** Of the first recipient that waits for one. */
  next_attempt_at: Date | null;
  /** How many wait so. */
  waiting_recipients: string | null;
}

/**
 * What a broadcast `b` of the number `p` may be waiting for. The recipients that wait are counted
 * in an index that holds none but those, and only of a broadcast that is sending.
 */
export function selectWaiting(
  eb: ExpressionBuilder<Database & { b: Database["whatsapp_broadcasts"] }, "b">,
) {
  return eb
    .selectFrom("whatsapp_broadcast_recipients as r")
    .where("b.status", "=", "sending")
    .whereRef("r.broadcast_id", "=", "b.id")
    .where("r.next_attempt_at", "is not", null)
    .select((of) => [
      of.fn.min("r.next_attempt_at").as("next_attempt_at"),
      of.fn.countAll<string>().as("waiting_recipients"),
      untilToCome("messaging_limit_until").as("limited_until"),
      untilToCome("held_until").as("held_until"),
      sql<Date | null>`(
        select min(d.graph_away_since) from dispatchers d
        where d.last_seen_at > now() - ${silenceSecondsMax} * interval '1 second'
      )`.as("graph_away_since"),
    ])
    .as("w");
}

function untilToCome(column: "messaging_limit_until" | "held_until") {
  const moment = sql.ref(`p.${column}`);
  return sql<Date | null>`case when ${moment} > now() then ${moment} end`;
}

/** What a broadcast that is sending waits for, with `pendingCount` recipients not yet settled. */
export function describeWaiting(
  row: WaitingColumns,
  pendingCount: number,
): BroadcastWaiting | null {
  const { limited_until, held_until, graph_away_since, next_attempt_at } = row;
  if (pendingCount === 0) return null;
  if (limited_until) {
    return {
      reason: "messaging_limit",
      ...until(limited_until),
      message: `Waiting for the messaging limit until ${words(limited_until)}: your business has written to as many people within 24 hours as Meta allows. It goes on by itself.`,
    };
  }
  if (graph_away_since) {
    return {
      reason: "meta_unavailable",
      until: null,
      message: `Meta has not answered since ${words(graph_away_since)}. We keep trying, and go on by ourselves.`,
    };
  }
  if (held_until) {
    return {
      reason: "number_held",
      ...until(held_until),
      message: `The number rests until ${words(held_until)}, then it goes on by itself.`,
    };
  }
  const everyoneWaits = Number(row.waiting_recipients) >= pendingCount;
  if (next_attempt_at && everyoneWaits && next_attempt_at.getTime() > Date.now()) {
    return {
      reason: "retry_later",
      ...until(next_attempt_at),
      message: `Everybody else is done; those left are tried again from ${words(next_attempt_at)} on, by itself.`,
    };
  }
  return null;
}

function until(moment: Date): { until: string } {
  return { until: moment.toISOString() };
}

/** 2026-09-30 14:05:59 UTC */
function words(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

import { sql } from "kysely";

/**
 * Column values that resume a paused broadcast. The cursor starts over, because the recipients that
 * were queued during the pause left the queue unclaimed.
 */
export const sendingAgain = {
  status: "sending",
  pause_reason: null,
  paused_at: null,
  feed_cursor: "0",
  updated_at: sql<Date>`now()`,
} as const;

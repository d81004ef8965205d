import { sql } from "kysely";

/**
 * The columns of a paused broadcast that goes on. Its cursor starts over: what was in the queue
 * during the pause has left it unclaimed.
 */
export const sendingAgain = {
  status: "sending",
  pause_reason: null,
  paused_at: null,
  feed_cursor: "0",
  updated_at: sql<Date>`now()`,
} as const;

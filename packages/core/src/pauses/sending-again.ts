import { sql } from "kysely";

/**
 * Column values that resume a paused broadcast. The feeder finds the recipients that left the queue
 * unclaimed during the pause.
 */
export const sendingAgain = {
  status: "sending",
  pause_reason: null,
  paused_at: null,
  updated_at: sql<Date>`now()`,
} as const;

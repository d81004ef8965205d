import { sql } from "kysely";

/** Condition on `whatsapp_broadcasts`: every recipient frozen so far has an outcome. */
export const isSettled = sql<boolean>`successful_sends + failed_sends + skipped_count
  + unknown_count + canceled_count >= total_recipients`;

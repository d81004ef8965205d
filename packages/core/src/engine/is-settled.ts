import { sql } from "kysely";

/** Of `whatsapp_broadcasts`: every recipient that is frozen so far has an outcome. */
export const isSettled = sql<boolean>`successful_sends + failed_sends + skipped_count
  + unknown_count + canceled_count >= total_recipients`;

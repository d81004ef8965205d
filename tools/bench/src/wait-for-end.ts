import { setTimeout as wait } from "node:timers/promises";
import type { BroadcastStatus, Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

const running: readonly BroadcastStatus[] = ["preparing", "sending"];

/**
 * Waits until the broadcast isn't running or `timeoutMs` has passed, which the invariants then
 * report.
 */
export async function waitForEnd(
  db: Kysely<Database>,
  broadcastId: string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const broadcast = await db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select("status")
      .executeTakeFirstOrThrow();
    if (!running.includes(broadcast.status)) return;
    await wait(100);
  }
}

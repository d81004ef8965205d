import { pauseForFailure } from "@loudhailer/core/pauses/pause-for-failure.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { sql, type Kysely } from "kysely";
import type { Consequence } from "./decide-settlement.ts";
import type { BroadcastLoader, SendingBroadcast } from "./load-broadcast.ts";
import type { OwnNumber } from "./send-recipient.ts";

/** Carries out one refusal's consequence beyond its recipient. Safe to repeat. */
export async function carryOutConsequence(
  deps: { db: Kysely<Database>; broadcasts: BroadcastLoader; log: Log },
  consequence: Consequence,
  message: { broadcast: SendingBroadcast; number: OwnNumber; leftAt: number },
): Promise<void> {
  const { db, log } = deps;
  const { broadcast, number, leftAt } = message;
  const { id: broadcastId, providerId } = broadcast;
  switch (consequence.kind) {
    case "throttle-number":
      number.throttle.refused(leftAt);
      return;
    case "hold-number":
      number.pacer.holdUntil(performance.now() + consequence.ms);
      await db
        .updateTable("whatsapp_providers")
        .set({
          held_until: sql`greatest(held_until, now() + ${consequence.ms} * interval '1 millisecond')`,
        })
        .where("id", "=", providerId)
        .execute();
      return;
    case "pause": {
      const { kind: _, ...pause } = consequence;
      // The cause of the refusal may have been fixed since the broadcast was read.
      deps.broadcasts.forget(broadcastId);
      const { organizationId, templateId, wabaId, accessTokenCiphertext } = broadcast;
      const ids = { organizationId, broadcastId, templateId, providerId, wabaId };
      const token = pause.scope === "token" ? { accessToken: accessTokenCiphertext } : {};
      const paused = await pauseForFailure(db, { ...pause, ...ids, ...token });
      if (paused > 0) log.warn({ broadcastId, providerId, ...pause, paused }, "broadcasts paused");
      return;
    }
    default:
      consequence satisfies never;
  }
}

import type { Database } from "@loudhailer/db/database.ts";
import { openClaimer, type ClaimerDeps } from "@loudhailer/pacing/claimer.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { Lease } from "@loudhailer/pacing/number-leases.ts";
import { createPacer } from "@loudhailer/pacing/pacer.ts";
import { createThrottle } from "@loudhailer/pacing/throttle.ts";
import { sql, type Kysely } from "kysely";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import type { OwnNumber } from "./send-recipient.ts";

/** Opens a number that this dispatcher has just taken. */
export function openNumber(
  deps: ClaimerDeps & { db: Kysely<Database> },
  { phoneNumberId, limit, messagesPerSecond, heldMs }: SendingNumber,
  { epoch }: Lease,
  ownedUntil: number,
): OwnNumber {
  const { db, log } = deps;
  const pacer = createPacer(messagesPerSecond);
  pacer.ownUntil(ownedUntil);
  pacer.holdUntil(performance.now() + heldMs);
  const claimer = openClaimer(deps, { phoneNumberId, epoch, pacer });
  const throttle = createThrottle(pacer, { limit, rate: messagesPerSecond }, (rate) => {
    storeRate(db, phoneNumberId, rate).catch((error: unknown) =>
      log.error({ err: error, phoneNumberId }, "the number's rate could not be stored"),
    );
  });
  const circuitBreaker = createCircuitBreaker((isAway) => {
    if (isAway) log.warn({ phoneNumberId }, "Meta doesn't answer, the number waits");
    else log.info({ phoneNumberId }, "Meta answers again");
  });
  return { claimer, pacer, throttle, circuitBreaker };
}

/** Stores the rate for the feeder, for those who look at the number, and for its next owner. */
async function storeRate(db: Kysely<Database>, phoneNumberId: string, rate: number): Promise<void> {
  await db
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: sql`least(${rate}::integer, messages_per_second)`,
      rate_changed_at: sql`now()`,
    })
    .where("phone_number_id", "=", phoneNumberId)
    .where("moved_at", "is", null)
    .execute();
}

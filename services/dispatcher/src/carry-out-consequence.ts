import type { Database } from "@loudhailer/db/database.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import { sql, type Kysely } from "kysely";
import type { Consequence } from "./decide-settlement.ts";
import type { BroadcastLoader, SendingBroadcast } from "./load-broadcast.ts";

// Four small cuts a second at most: a lone refusal, one message too early, costs 5% for a second;
// refusals that go on halve the rate in three.
const cutEvery = sql`interval '250 milliseconds'`;
const cutFactor = 0.95;

/** Does for the number, its account or its template what one refusal asks for; safe to repeat. */
export async function carryOutConsequence(
  deps: { db: Kysely<Database>; broadcasts: BroadcastLoader; log: Logger },
  consequence: Consequence,
  broadcast: SendingBroadcast,
): Promise<void> {
  const { db, log } = deps;
  const { id: broadcastId, providerId } = broadcast;
  switch (consequence.kind) {
    case "throttle-number":
      await db
        .updateTable("whatsapp_providers")
        .set({
          current_messages_per_second: sql`greatest(1, floor(current_messages_per_second * ${cutFactor}::numeric))::integer`,
          rate_changed_at: sql`now()`,
        })
        .where("id", "=", providerId)
        .where(sql<boolean>`coalesce(rate_changed_at < now() - ${cutEvery}, true)`)
        .execute();
      return;
    case "hold-number":
      await db
        .updateTable("whatsapp_providers")
        .set({ held_until: sql`now() + ${consequence.ms} * interval '1 millisecond'` })
        .where("id", "=", providerId)
        .execute();
      return;
    case "pause-number":
    case "pause-provider":
    case "pause-waba":
    case "pause-template":
      await pauseBroadcasts(db, consequence, broadcast);
      deps.broadcasts.forget(broadcastId);
      log.warn({ broadcastId, providerId, reason: consequence.reason }, "broadcasts paused");
      return;
    default:
      consequence satisfies never;
  }
}

async function pauseBroadcasts(
  db: Kysely<Database>,
  { kind, reason }: Exclude<Consequence, { kind: "throttle-number" | "hold-number" }>,
  broadcast: SendingBroadcast,
): Promise<void> {
  const { organizationId, providerId, wabaId, templateId } = broadcast;
  if (kind === "pause-number" || kind === "pause-provider") {
    await db
      .updateTable("whatsapp_providers")
      .set({
        status: "disconnected",
        status_reason: reason,
        updated_at: sql`now()`,
      })
      .where("id", "=", providerId)
      .execute();
  }
  let affected = db
    .selectFrom("whatsapp_broadcasts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("status", "=", "sending");
  if (kind === "pause-template") affected = affected.where("template_id", "=", templateId);
  else if (kind === "pause-waba") {
    affected = affected.where("provider_id", "in", (query) =>
      query.selectFrom("whatsapp_providers").select("id").where("waba_id", "=", wabaId),
    );
  } else affected = affected.where("provider_id", "=", providerId);
  await db
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "paused",
      pause_reason: reason,
      paused_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where("id", "in", affected.orderBy("id").forNoKeyUpdate())
    .where("status", "=", "sending")
    .execute();
}

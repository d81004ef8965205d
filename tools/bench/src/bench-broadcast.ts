import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import type { BroadcastStatus, Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import { sql, type Kysely } from "kysely";
import { encryptionKeyBytes } from "./start-infrastructure.ts";

/**
 * Template with the name and variables of the simulator's `spring_sale`: a name, a city, and the
 * end of a link. Its text differs.
 */
export const template: TemplateSnapshot = {
  name: "spring_sale",
  language: "en_US",
  parameterFormat: "POSITIONAL",
  components: [
    {
      type: "BODY",
      text: "Hello {{1}}, our spring sale has started in {{2}}. Everything is 20% off this week.",
    },
    {
      type: "BUTTONS",
      buttons: [{ type: "URL", text: "Shop now", url: "https://example.com/sale/{{1}}" }],
    },
  ],
};

export const variables: TemplateVariables = {
  body: {
    1: { source: "field", field: "name", fallback: "there" },
    2: { source: "field", field: "attributes.City", fallback: "your city" },
  },
  buttons: { 0: { 1: { source: "text", value: "spring" } } },
};

export const accessToken = "simulator-token";

/**
 * Creates a number with the given rate and its template, in a new organization unless `ownerId` is
 * given.
 */
export async function createNumber(
  db: Kysely<Database>,
  number: { phoneNumberId: string; wabaId: string; messagesPerSecond: number },
  ownerId?: string,
): Promise<{ organizationId: string; providerId: string; templateId: string }> {
  const organizationId = ownerId ?? (await createOwner(db, number.phoneNumberId));
  const { id: providerId } = await db
    .insertInto("whatsapp_providers")
    .values({
      organization_id: organizationId,
      phone_number_id: number.phoneNumberId,
      waba_id: number.wabaId,
      access_token: encryptSecret(
        { currentId: "bench", keys: new Map([["bench", encryptionKeyBytes]]) },
        accessToken,
      ),
      webhook_verify_token: number.phoneNumberId,
      messages_per_second: number.messagesPerSecond,
      current_messages_per_second: number.messagesPerSecond,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { id: templateId } = await db
    .insertInto("whatsapp_templates")
    .values({
      organization_id: organizationId,
      waba_id: number.wabaId,
      meta_template_id: "1",
      name: template.name,
      language: template.language,
      category: "MARKETING",
      status: "APPROVED",
      components: JSON.stringify(template.components),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { organizationId, providerId, templateId };
}

async function createOwner(db: Kysely<Database>, phoneNumberId: string): Promise<string> {
  const { id } = await db
    .insertInto("organizations")
    .values({ name: "Bench", slug: `bench-${phoneNumberId}` })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

type Owner = Awaited<ReturnType<typeof createNumber>>;

export interface BroadcastCounts {
  status: BroadcastStatus;
  total_recipients: number;
  successful_sends?: number;
  failed_sends?: number;
  unknown_count?: number;
}

/** Creates a broadcast with these counts but without the recipients. Returns its id. */
export async function createBroadcast(
  db: Kysely<Database>,
  owner: Owner,
  counts: BroadcastCounts,
): Promise<string> {
  const { id } = await db
    .insertInto("whatsapp_broadcasts")
    .values({
      organization_id: owner.organizationId,
      name: "Bench",
      provider_id: owner.providerId,
      template_id: owner.templateId,
      segment_criteria: JSON.stringify({ combinator: "and", rules: [] }),
      variables: JSON.stringify(variables),
      template_snapshot: JSON.stringify(template),
      ...counts,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Creates a broadcast with a frozen audience, which starts when its status becomes `sending`. */
export async function createFrozenBroadcast(
  db: Kysely<Database>,
  owner: Owner,
  recipients: number,
): Promise<string> {
  const broadcastId = await createBroadcast(db, owner, {
    status: "paused",
    total_recipients: recipients,
  });
  await sql`
    insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, phone, variables)
    select ${owner.organizationId}::uuid, ${broadcastId}::uuid,
      '+1555' || lpad(n::text, 7, '0'), jsonb_build_array('Ada ' || n, 'Berlin')
    from generate_series(1, ${recipients}::integer) n
  `.execute(db);
  await sql`analyze whatsapp_broadcast_recipients`.execute(db);
  return broadcastId;
}

const runMsMax = 600_000;

/**
 * Starts the broadcast and waits until it is completed. Returns the seconds between the two.
 * @throws Error if the broadcast takes more than 10 minutes, or is neither sending nor completed
 */
export async function runBroadcast(db: Kysely<Database>, broadcastId: string): Promise<number> {
  const deadline = performance.now() + runMsMax;
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ status: "sending", started_at: sql`now()` })
    .where("id", "=", broadcastId)
    .execute();
  for (;;) {
    const row = await db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select(["status", "started_at", "completed_at"])
      .executeTakeFirstOrThrow();
    if (row.status === "completed" && row.completed_at && row.started_at) {
      return (row.completed_at.getTime() - row.started_at.getTime()) / 1_000;
    }
    if (performance.now() > deadline) throw new Error("the broadcast does not end");
    if (row.status !== "sending") throw new Error(`the broadcast is ${row.status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

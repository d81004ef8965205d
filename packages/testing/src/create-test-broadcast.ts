import { randomUUID } from "node:crypto";
import type { BroadcastStatus, Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

export interface TestOrganization {
  organizationId: string;
  providerId: string;
  phoneNumberId: string;
  wabaId: string;
  templateId: string;
}

/** The template of test broadcasts, with one body variable. A simulator must be given it first. */
export const testTemplate = {
  name: "parcel_update",
  language: "en_US",
  parameterFormat: "POSITIONAL" as const,
  components: [{ type: "BODY", text: "Hello {{1}}, your parcel is on its way." }],
};

/** Settings of the test number. Missing IDs are generated. */
export interface TestOrganizationOptions {
  /** Ciphertext of the access token. The default can't be decrypted. */
  accessToken?: string;
  messagesPerSecond?: number;
  phoneNumberId?: string;
  wabaId?: string;
}

/** Creates an organization with a number and an approved template. */
export async function createTestOrganization(
  db: Kysely<Database>,
  options: TestOrganizationOptions = {},
): Promise<TestOrganization> {
  const digits = randomUUID().replaceAll(/\D/g, "").padEnd(12, "7").slice(0, 12);
  const phoneNumberId = options.phoneNumberId ?? `1${digits}`;
  const wabaId = options.wabaId ?? `2${digits}`;
  const messagesPerSecond = options.messagesPerSecond ?? 80;
  const { id: organizationId } = await db
    .insertInto("organizations")
    .values({ name: "Test", slug: randomUUID() })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { id: providerId } = await db
    .insertInto("whatsapp_providers")
    .values({
      organization_id: organizationId,
      phone_number_id: phoneNumberId,
      waba_id: wabaId,
      access_token: options.accessToken ?? "not a ciphertext",
      webhook_verify_token: randomUUID(),
      messages_per_second: messagesPerSecond,
      current_messages_per_second: messagesPerSecond,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { id: templateId } = await db
    .insertInto("whatsapp_templates")
    .values({
      organization_id: organizationId,
      waba_id: wabaId,
      // The id is a number in webhooks, so it has no leading zero.
      meta_template_id: `3${digits}`,
      name: testTemplate.name,
      language: testTemplate.language,
      category: "MARKETING",
      status: "APPROVED",
      parameter_format: testTemplate.parameterFormat,
      components: JSON.stringify(testTemplate.components),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { organizationId, providerId, phoneNumberId, wabaId, templateId };
}

/**
 * Creates a broadcast with `recipients` pending recipients, as if its audience had just been
 * frozen. With `attempts`, as if each recipient had been claimed and put back that many times.
 */
export async function createTestBroadcast(
  db: Kysely<Database>,
  organization: TestOrganization,
  options: { recipients: number; status?: BroadcastStatus; attempts?: number },
): Promise<{ broadcastId: string; recipientIds: string[] }> {
  const { organizationId, providerId, templateId } = organization;
  const { id: broadcastId } = await db
    .insertInto("whatsapp_broadcasts")
    .values({
      organization_id: organizationId,
      name: "Test",
      provider_id: providerId,
      template_id: templateId,
      segment_criteria: JSON.stringify({ combinator: "and", rules: [] }),
      variables: JSON.stringify({ body: { 1: { source: "field", field: "name" } } }),
      template_snapshot: JSON.stringify(testTemplate),
      status: options.status ?? "sending",
      total_recipients: options.recipients,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (options.recipients === 0) return { broadcastId, recipientIds: [] };
  const rows = await db
    .insertInto("whatsapp_broadcast_recipients")
    .values(
      Array.from({ length: options.recipients }, (_, index) => ({
        organization_id: organizationId,
        broadcast_id: broadcastId,
        contact_id: null,
        phone: `+1555010${String(index).padStart(4, "0")}`,
        variables: JSON.stringify(["Ada"]),
        attempts: options.attempts ?? 0,
      })),
    )
    .returning("id")
    .execute();
  return { broadcastId, recipientIds: rows.map((row) => row.id) };
}

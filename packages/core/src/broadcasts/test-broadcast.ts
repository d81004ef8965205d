import { setTimeout as wait } from "node:timers/promises";
import type { TestBroadcastInput, TestSend } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { nextSlotSql, slotLeadMs, slotRateSql } from "@loudhailer/pacing/slots.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { adviceFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { renderPreview } from "@loudhailer/whatsapp/render-preview.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { readPhone } from "../contacts/read-phone.ts";
import { phoneSpellings } from "../contacts/whatsapp-phone.ts";
import { DomainError } from "../domain-error.ts";
import { invalidField } from "../invalid-field.ts";
import { resolveMedia } from "../media/resolve-media.ts";
import { metaUnavailable, refusalSentence, refusedByMeta } from "../meta-refusal.ts";
import { fetchNamedProvider } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";
import { sampleValues } from "../segments/sample-values.ts";
import { checkContent } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/** Prefix of a test message's callback data; a recipient's callback data is its id. */
export const testCallbackPrefix = "test-";

/** Longest wait for a slot; a number with a later slot is held or far too busy. */
const slotMsMax = 20_000;

/**
 * Sends the broadcast's message to one phone now, with the values of the given contact or else of a
 * contact in the audience; missing values are replaced by the fallback or the field's name. The
 * test message isn't counted in the broadcast. It takes one slot of the number's rate and doesn't
 * wait in its queue.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 * @throws DomainError `invalid_input` if `to` isn't a phone number or the contact doesn't exist
 * @throws DomainError `conflict` if `to` has opted out or the access token can't be decrypted
 * @throws DomainError `unavailable` if the number has no slot within 20 s
 * @throws DomainError `refused_by_meta` if Meta refuses the message
 * @throws DomainError `meta_unavailable` if Meta can't be reached or doesn't answer
 */
export async function testBroadcast(
  ctx: ProviderContext,
  broadcastId: string,
  input: TestBroadcastInput,
): Promise<TestSend> {
  const to = readTo(input.to);
  const prepared = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    prepare(trx, ctx.organizationId, broadcastId, { ...input, to }),
  );
  const { provider, snapshot, variables, resolved, values, slotInMs } = prepared;
  const body = compileTemplate(snapshot, resolved).render({
    to,
    values,
    // Not a recipient's id, so the webhook's statuses of this message concern no broadcast.
    callbackData: testCallbackPrefix + broadcastId,
  });
  await wait(slotInMs);
  const outcome = await ctx.graph.sendMessage({
    phoneNumberId: provider.phone_number_id,
    accessToken: decryptAccessToken(ctx.keyring, provider.access_token),
    body,
  });
  switch (outcome.kind) {
    case "accepted":
      break;
    case "refused":
      throw refusedByMeta(
        `${refusalSentence("the message", outcome.error)} ${adviceFor(outcome.error.code, outcome.error.subcode)}`,
        outcome.error,
      );
    case "not-sent":
      throw metaUnavailable(outcome.reason);
    case "unknown":
      throw new DomainError(
        "meta_unavailable",
        "Meta's answer never came: the test may have left. Look at the phone before you try again.",
      );
    default:
      return outcome satisfies never;
  }
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    recordAudit(trx, ctx, {
      action: "broadcast.tested",
      targetId: broadcastId,
      details: { wamid: outcome.wamid },
    }),
  );
  return {
    wamid: outcome.wamid,
    status: outcome.messageStatus,
    preview: renderPreview(snapshot, variables, values),
  };
}

function readTo(text: string): string {
  try {
    return readPhone(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw invalidField("to", "must be a phone number with + and the country code");
  }
}

async function prepare(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  { to, contactId }: TestBroadcastInput,
) {
  await fetchBroadcast(trx, organizationId, broadcastId);
  const broadcast = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .selectAll()
    .executeTakeFirstOrThrow();
  const snapshot = await checkContent(trx, organizationId, {
    providerId: broadcast.provider_id,
    templateId: broadcast.template_id,
    segmentCriteria: broadcast.segment_criteria,
    variables: broadcast.variables,
    status: broadcast.status,
  });
  await refuseOptedOut(trx, organizationId, to);
  const { variables, segment_criteria: segmentCriteria } = broadcast;
  const { fields } = compileTemplate(snapshot, variables);
  const sample = contactId ?? { segmentCriteria };
  const values = await sampleValues(trx, organizationId, fields, sample);
  const provider = await fetchNamedProvider(trx, organizationId, broadcast.provider_id);
  const resolved = await resolveMedia(trx, organizationId, variables);
  const slotInMs = await takeSlot(trx, organizationId, provider.id);
  return { provider, snapshot, variables, resolved, values, slotInMs };
}

async function refuseOptedOut(trx: TenantDb, organizationId: string, to: string): Promise<void> {
  const optedOut = await trx
    .selectFrom("tenant_contacts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("phone", "in", phoneSpellings(to))
    .where("opted_out_at", "is not", null)
    .executeTakeFirst();
  if (!optedOut) return;
  throw new DomainError("conflict", "This person has opted out: nothing may be sent to them.", {
    contactId: optedOut.id,
  });
}

/**
 * Takes the number's next slot, as every message of any sender does, and returns the milliseconds
 * until the slot ends.
 * @throws DomainError `unavailable` if it ends later than `slotMsMax` from now
 */
async function takeSlot(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<number> {
  const { rows } = await sql<{ inMs: number }>`
    update whatsapp_providers
    set next_slot_at = greatest(${sql.raw(nextSlotSql("next_slot_at"))}, held_until,
        clock_timestamp() + ${slotLeadMs} * interval '1 ms')
      + interval '1 second' / ${sql.raw(slotRateSql("current_messages_per_second"))}
    where organization_id = ${organizationId} and id = ${providerId}
    returning (extract(epoch from next_slot_at - clock_timestamp()) * 1000)::float8 as "inMs"
  `.execute(trx);
  const inMs = Math.max(0, rows[0]?.inMs ?? 0);
  if (inMs <= slotMsMax) return inMs;
  throw new DomainError(
    "unavailable",
    "The number rests, as Meta asked, or is busy. Try again in a moment.",
  );
}

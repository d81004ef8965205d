import type { TestBroadcastInput, TestSend } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { adviceFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { renderPreview } from "@loudhailer/whatsapp/render-preview.ts";
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
import { borrowDeparture } from "./borrow-departure.ts";
import { checkContent } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/** Prefix of a test message's callback data, which no recipient's message has. */
export const testCallbackPrefix = "test-";

/** Longest wait for other test messages from the same number. */
const borrowMsMax = 20_000;

/**
 * Sends the broadcast's message to one phone now, with the values of the given contact or else of a
 * contact in the audience; missing values are replaced by the fallback or the field's name. The
 * test message isn't counted in the broadcast. It counts in the number's rate and doesn't wait
 * in its queue.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 * @throws DomainError `invalid_input` if `to` isn't a phone number or the contact doesn't exist
 * @throws DomainError `conflict` if `to` has opted out or the access token can't be decrypted
 * @throws DomainError `unavailable` if the number rests, as Meta asked, or is busy for 20 s
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
  const { provider, snapshot, variables, resolved, values } = prepared;
  const body = compileTemplate(snapshot, resolved).render({
    to,
    values,
    // Names no attempt, so the webhook's statuses of this message concern no broadcast.
    callbackData: testCallbackPrefix + broadcastId,
  });
  if (!(await borrowDeparture(ctx, provider.phone_number_id, borrowMsMax))) {
    throw new DomainError("unavailable", "The number sends other test messages. Try again later.");
  }
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
  if (provider.held_until && provider.held_until.getTime() > Date.now()) {
    throw new DomainError("unavailable", "The number rests, as Meta asked. Try again in a moment.");
  }
  return { provider, snapshot, variables, resolved, values };
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

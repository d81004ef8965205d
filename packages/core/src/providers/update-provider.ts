import type { NumberReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { ProviderWithWarnings, UpdateProviderInput } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { decryptOrNull } from "../secrets/decrypt-or-null.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";
import { adjustBroadcasts } from "./adjust-broadcasts.ts";
import { fetchProvider, refuseMoved } from "./fetch-provider.ts";
import { inspectNumber, secretProblems, type NumberAccess } from "./inspect-number.ts";
import { columnsOf, numberWarnings, rateWarnings, tokenWarnings } from "./number-limits.ts";
import type { ProviderContext } from "./provider-context.ts";
import { toProviderView } from "./provider-view.ts";
import { refuseNumber } from "./refuse-number.ts";

/**
 * Changes the given fields, all or nothing. A new access token is checked with Meta first. It
 * reconnects a disconnected number and resumes the broadcasts that were paused for its token. A
 * rate above what Meta allows is accepted with a warning.
 * @throws DomainError `not_found` if the organization has no such number
 * @throws DomainError `conflict` if another organization has connected the number
 * @throws DomainError `refused_by_meta` or `invalid_input` if Meta doesn't accept the new secrets
 * @throws DomainError `meta_unavailable` if Meta can't be reached or asks to wait
 */
export async function updateProvider(
  ctx: ProviderContext,
  providerId: string,
  changes: UpdateProviderInput,
): Promise<ProviderWithWarnings> {
  const before = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchProvider(trx, ctx.organizationId, providerId),
  );
  refuseMoved(before);
  const appSecret =
    changes.appSecret === undefined
      ? decryptOrNull(ctx.keyring, before.app_secret)
      : changes.appSecret;
  const access = { phoneNumberId: before.phone_number_id, wabaId: before.waba_id };
  const renewed =
    changes.accessToken === undefined
      ? null
      : await renewAccess(ctx, { ...access, accessToken: changes.accessToken, appSecret });
  if (renewed === null && changes.appSecret) {
    const accessToken = decryptOrNull(ctx.keyring, before.access_token);
    const problems =
      accessToken === null
        ? []
        : await secretProblems(ctx.graph, { ...access, accessToken, appSecret });
    if (problems[0]) throw refuseNumber(problems[0]);
  }
  const row = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const updated = await trx
      .updateTable("whatsapp_providers")
      .set({
        ...renewed?.columns,
        ...(changes.appSecret !== undefined && {
          app_secret: changes.appSecret && encryptSecret(ctx.keyring, changes.appSecret),
        }),
        ...(changes.messagesPerSecond !== undefined && rateColumns(changes.messagesPerSecond)),
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", providerId)
      .where("moved_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (updated === undefined) {
      const present = await fetchProvider(trx, ctx.organizationId, providerId);
      refuseMoved(present);
      return present;
    }
    if (renewed !== null) await adjustBroadcasts(trx, before, updated);
    await recordAudit(trx, ctx, {
      action: "provider.updated",
      targetId: providerId,
      details: { changed: Object.keys(changes), messagesPerSecond: changes.messagesPerSecond },
    });
    return updated;
  });
  const warnings = [
    ...(renewed?.warnings ?? []),
    ...rateWarnings(row.messages_per_second, row.throughput_level),
  ];
  return { ...toProviderView(row, ctx.webhookUrl), warnings };
}

async function renewAccess(ctx: ProviderContext, access: NumberAccess) {
  const { number, portfolioId, tokenExpiresAt, problems } = await inspectNumber(ctx.graph, access);
  const [problem] = problems;
  if (problem) throw refuseNumber(problem);
  if (number === null) throw new Error("an inspection without a number has a problem");
  return {
    columns: {
      ...columnsOf(number),
      ...(portfolioId !== null && { portfolio_id: portfolioId }),
      access_token: encryptSecret(ctx.keyring, access.accessToken),
      access_token_expires_at: tokenExpiresAt,
      // A new token doesn't fix a number that Meta paused.
      status: sql<"connected">`case status when 'disconnected' then 'connected' else status end`,
      status_reason: sql<NumberReason | null>`case status when 'disconnected' then null else status_reason end`,
    },
    warnings: [...numberWarnings(number), ...tokenWarnings(tokenExpiresAt)],
  };
}

/** Keeps the current rate of a number that Meta throttles, up to the new limit. */
function rateColumns(messagesPerSecond: number) {
  return {
    messages_per_second: messagesPerSecond,
    current_messages_per_second: sql<number>`case
      when current_messages_per_second >= messages_per_second then ${messagesPerSecond}::integer
      else least(current_messages_per_second, ${messagesPerSecond}::integer)
    end`,
  };
}

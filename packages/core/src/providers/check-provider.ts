import type { NumberReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { ProviderCheck } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { decryptOrNull } from "../secrets/decrypt-or-null.ts";
import { adjustBroadcasts } from "./adjust-broadcasts.ts";
import { fetchProvider, refuseMoved } from "./fetch-provider.ts";
import { inspectNumber, type NumberInspection, type NumberProblem } from "./inspect-number.ts";
import { columnsOf } from "./number-limits.ts";
import type { ProviderContext } from "./provider-context.ts";
import { toProviderView, type ProviderRow } from "./provider-view.ts";

const harmless: ReadonlySet<NumberProblem["check"]> = new Set(["subscription", "app_secret"]);

/**
 * Asks Meta again and stores its answers: quality, throughput level, messaging limit, and whether
 * the number is connected. If nothing keeps it from sending, a paused number becomes connected and
 * broadcasts paused for its token resume: an operator's check, or the daily one of the maintenance,
 * confirms that its problem is fixed. If its quality turned RED, marketing broadcasts are paused
 * (pause-for-quality.ts). Problems are returned, not thrown.
 * @throws DomainError `not_found` if the organization has no such number
 * @throws DomainError `conflict` if another organization has connected the number
 * @throws DomainError `meta_unavailable` if Meta can't be reached or asks to wait
 */
export async function checkProvider(
  ctx: ProviderContext,
  providerId: string,
): Promise<ProviderCheck> {
  const provider = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchProvider(trx, ctx.organizationId, providerId),
  );
  refuseMoved(provider);
  const inspection = await inspect(ctx, provider);
  const row = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const updated = await trx
      .updateTable("whatsapp_providers")
      .set({ ...columnsAfter(inspection), updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", providerId)
      // The inspection didn't check a token that was saved meanwhile.
      .where("access_token", "=", provider.access_token)
      .where("moved_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    if (updated) await adjustBroadcasts(trx, provider, updated);
    const present = updated ?? (await fetchProvider(trx, ctx.organizationId, providerId));
    refuseMoved(present);
    return present;
  });
  return {
    ok: inspection.problems.length === 0,
    problems: inspection.problems.map(({ check, failure, message, advice }) => ({
      check,
      code: failure?.code ?? null,
      message,
      advice,
    })),
    provider: toProviderView(row, ctx.webhookUrl),
  };
}

async function inspect(ctx: ProviderContext, provider: ProviderRow): Promise<NumberInspection> {
  const accessToken = decryptOrNull(ctx.keyring, provider.access_token);
  if (accessToken === null) {
    const message = "The saved access token can't be decrypted with this server's ENCRYPTION_KEYS.";
    const advice = "Add the key it was saved with, or give the number a new access token.";
    const problem = { check: "token" as const, failure: null, message, advice };
    return { number: null, portfolioId: null, tokenExpiresAt: null, problems: [problem] };
  }
  return inspectNumber(ctx.graph, {
    phoneNumberId: provider.phone_number_id,
    wabaId: provider.waba_id,
    accessToken,
    appSecret: decryptOrNull(ctx.keyring, provider.app_secret),
  });
}

function columnsAfter({ number, portfolioId, tokenExpiresAt, problems }: NumberInspection) {
  // A number without webhooks can still send.
  const problem = problems.find(({ check }) => !harmless.has(check));
  const seen = {
    ...(number !== null && columnsOf(number)),
    ...(portfolioId !== null && { portfolio_id: portfolioId }),
    ...(number !== null && { access_token_expires_at: tokenExpiresAt }),
  };
  if (!problem) return { ...seen, status: "connected" as const, status_reason: null };
  // A number that Meta paused stays paused, with its own reason.
  const reason = reasonOf(problem);
  return {
    ...seen,
    status: sql<"disconnected">`case status when 'paused' then status else 'disconnected' end`,
    status_reason: sql<NumberReason | null>`case status when 'paused' then status_reason else ${reason} end`,
  };
}

function reasonOf({ check, failure }: NumberProblem): NumberReason {
  switch (check) {
    case "token":
      return failure === null ? "token_unreadable" : `meta_${failure.code}`;
    case "phone_number":
      return "number_refused";
    case "waba":
    case "subscription":
    case "app_secret":
      return "waba_refused";
    case "permissions":
      return "permissions_missing";
    default:
      return check satisfies never;
  }
}

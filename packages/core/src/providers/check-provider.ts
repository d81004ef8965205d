import type { ProviderCheck } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { decryptSecret } from "../secrets/decrypt-secret.ts";
import { fetchProvider } from "./get-provider.ts";
import { inspectNumber, type NumberInspection } from "./inspect-number.ts";
import { columnsOf } from "./number-limits.ts";
import type { ProviderContext } from "./provider-context.ts";
import { toProviderView } from "./provider-view.ts";

/**
 * Asks Meta again, and keeps what it says: quality, throughput level, messaging limit, and whether
 * the number is connected. Problems are answered, not thrown. Throws `not_found`,
 * `meta_unavailable`.
 */
export async function checkProvider(
  ctx: ProviderContext,
  providerId: string,
): Promise<ProviderCheck> {
  const provider = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchProvider(trx, ctx.organizationId, providerId),
  );
  const inspection = await inspectNumber(ctx.graph, {
    phoneNumberId: provider.phone_number_id,
    wabaId: provider.waba_id,
    accessToken: decryptSecret(ctx.keyring, provider.access_token),
  });
  const row = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await trx
      .updateTable("whatsapp_providers")
      .set({ ...columnsAfter(inspection), updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", providerId)
      .execute();
    return fetchProvider(trx, ctx.organizationId, providerId);
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

function columnsAfter({ number, problems }: NumberInspection) {
  // Without webhooks a number can still send.
  const problem = problems.find(({ check }) => check !== "subscription");
  const seen = number === null ? {} : columnsOf(number);
  // An operator's pause stays, whatever Meta says.
  const status = problem ? "disconnected" : "connected";
  return {
    ...seen,
    status: sql<"connected">`case status when 'paused' then status else ${status} end`,
    status_reason: sql<
      string | null
    >`case status when 'paused' then status_reason else ${problem?.message ?? null} end`,
  };
}

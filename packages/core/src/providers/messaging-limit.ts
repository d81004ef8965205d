import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";

const tier = /^TIER_(\d+)(K?)$/;

/**
 * Returns the number of people Meta lets a portfolio write to within 24 hours, from Meta's field
 * `whatsapp_business_manager_messaging_limit` (`TIER_250`, `TIER_2K` …). Null if there is no limit
 * or the value is unknown.
 */
export function peopleInLimit(messagingLimit: string | null): number | null {
  const [, digits, thousands] = tier.exec(messagingLimit?.toUpperCase() ?? "") ?? [];
  if (digits === undefined) return null;
  return Number(digits) * (thousands === "K" ? 1_000 : 1);
}

/**
 * Returns the number of people the number's portfolio has written to within 24 hours; 0 if Meta
 * named no portfolio.
 */
export async function messagingLimitUsed(trx: TenantDb, providerId: string): Promise<number> {
  const { rows } = await sql<{ used: string }>`
    select messaging_limit_used(${providerId}::uuid) as used
  `.execute(trx);
  return Number(rows[0]?.used ?? 0);
}

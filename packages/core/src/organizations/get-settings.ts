import { scheduleGraceMinutesDefault, type SettingsView } from "@loudhailer/contracts/settings.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";
import { defaultStartWords, defaultStopWords } from "./consent-words.ts";

export function getSettings(ctx: TenantContext): Promise<SettingsView> {
  return withTenant(ctx.db, ctx.organizationId, (trx) => readSettings(trx, ctx.organizationId));
}

/** Returns the organization's settings, with defaults for those it hasn't set. */
export async function readSettings(trx: TenantDb, organizationId: string): Promise<SettingsView> {
  const row = await trx
    .selectFrom("organization_settings")
    .where("organization_id", "=", organizationId)
    .selectAll()
    .executeTakeFirst();
  return {
    stopWords: row?.stop_words ?? [...defaultStopWords],
    startWords: row?.start_words ?? [...defaultStartWords],
    pauseMarketingOnRedQuality: row?.pause_marketing_on_red_quality ?? true,
    scheduleGraceMinutes: row?.schedule_grace_minutes ?? scheduleGraceMinutesDefault,
  };
}

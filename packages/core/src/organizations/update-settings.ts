import type { SettingsView, UpdateSettingsInput } from "@loudhailer/contracts/settings.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { foldWord } from "./consent-words.ts";
import { readSettings } from "./get-settings.ts";

/**
 * Updates the given settings.
 * @throws DomainError `invalid_input` if a word would be both an opt-out and an opt-in keyword, or
 *   has neither a letter nor a digit
 */
export function updateSettings(
  ctx: TenantContext,
  changes: UpdateSettingsInput,
): Promise<SettingsView> {
  const { stopWords, startWords, pauseMarketingOnRedQuality, scheduleGraceMinutes } = changes;
  const columns = {
    ...(stopWords !== undefined && { stop_words: stopWords }),
    ...(startWords !== undefined && { start_words: startWords }),
    ...(pauseMarketingOnRedQuality !== undefined && {
      pause_marketing_on_red_quality: pauseMarketingOnRedQuality,
    }),
    ...(scheduleGraceMinutes !== undefined && { schedule_grace_minutes: scheduleGraceMinutes }),
  };
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await trx
      .insertInto("organization_settings")
      .values({ organization_id: ctx.organizationId, ...columns })
      .onConflict((conflict) =>
        conflict.column("organization_id").doUpdateSet({ ...columns, updated_at: sql`now()` }),
      )
      .execute();
    const settings = await readSettings(trx, ctx.organizationId);
    refuseWordsOfBoth(settings);
    await recordAudit(trx, ctx, {
      action: "settings.updated",
      targetType: "organization",
      targetId: ctx.organizationId,
      details: { changed: Object.keys(columns) },
    });
    return settings;
  });
}

function refuseWordsOfBoth({ stopWords, startWords }: SettingsView): void {
  const stop = new Set(stopWords.map(foldWord));
  const both = startWords.filter((word) => stop.has(foldWord(word)));
  if (both.length > 0) {
    throw new DomainError(
      "invalid_input",
      `A word can't both stop and start: ${both.join(", ")}. Take it out of one of the lists.`,
      { field: "startWords", words: both },
    );
  }
  const unreadable = [...stopWords, ...startWords].filter((word) => foldWord(word) === "");
  if (unreadable.length > 0) {
    throw new DomainError(
      "invalid_input",
      "A word needs a letter or a digit: punctuation and invisible characters are not compared.",
      { field: "stopWords" },
    );
  }
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { defaultConsentWords, foldWords, type ConsentWords } from "./consent-words.ts";

/** Reads organizations' opt-out and opt-in keywords and returns a lookup with the defaults. */
export async function readConsentWords(
  db: Kysely<Database>,
  organizationIds: readonly string[],
): Promise<(organizationId: string) => ConsentWords> {
  const rows = await db
    .selectFrom("organization_settings")
    .where("organization_id", "=", sql<string>`any(${[...new Set(organizationIds)]}::uuid[])`)
    .select(["organization_id", "stop_words", "start_words"])
    .execute();
  const own = new Map(
    rows.map((row): [string, ConsentWords] => [
      row.organization_id,
      {
        stop: row.stop_words === null ? defaultConsentWords.stop : foldWords(row.stop_words),
        start: row.start_words === null ? defaultConsentWords.start : foldWords(row.start_words),
      },
    ]),
  );
  return (organizationId) => own.get(organizationId) ?? defaultConsentWords;
}

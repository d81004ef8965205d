import { retryWebhookEvents as retry } from "@loudhailer/core/webhook-events/retry-webhook-events.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { parseEncryptionKeys } from "@loudhailer/runtime/parse-encryption-keys.ts";
import { statePaths } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import { withDatabase } from "../infrastructure/with-database.ts";
import type { Output } from "../output.ts";
import { loadSecrets } from "../state/secrets.ts";

/**
 * Runs `webhook-events retry`: applies webhook changes that couldn't be applied on arrival.
 * @throws CliError if ENCRYPTION_KEYS is malformed
 */
export async function retryWebhookEvents(
  { json }: { json: boolean },
  output: Output,
): Promise<void> {
  const paths = statePaths();
  const keyring = parseEncryptionKeys(loadSecrets(paths.secrets).encryptionKeys);
  if ("error" in keyring) throw new CliError(`ENCRYPTION_KEYS ${keyring.error}.`);
  await withDatabase(paths, output, async (databaseUrl) => {
    await migrateToLatest({ databaseUrl });
    const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
    const db = createDb(pool);
    try {
      const platformAppSecret = process.env["META_APP_SECRET"] || undefined;
      const { applied, kept } = await retry({ pool, db, keyring, platformAppSecret });
      if (json) console.log(JSON.stringify({ applied, kept }));
      else describe({ applied, kept }, output);
    } finally {
      await db.destroy();
    }
  });
}

function describe(
  { applied, kept }: { applied: number; kept: Record<string, number> },
  output: Output,
): void {
  output.say(`Applied ${applied}`);
  for (const [reason, count] of Object.entries(kept).toSorted(([a], [b]) => a.localeCompare(b))) {
    output.say(`Kept    ${count}  ${reason}`);
  }
}

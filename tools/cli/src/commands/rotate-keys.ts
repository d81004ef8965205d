import { rotateSecrets, type Rotation } from "@loudhailer/core/secrets/rotate-secrets.ts";
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
 * Runs `keys rotate`: encrypts every stored secret with the first key of ENCRYPTION_KEYS.
 * @throws CliError if ENCRYPTION_KEYS is malformed, or lacks a key that a secret needs
 */
export async function rotateKeys({ json }: { json: boolean }, output: Output): Promise<void> {
  const paths = statePaths();
  const keyring = parseEncryptionKeys(loadSecrets(paths.secrets).encryptionKeys);
  if ("error" in keyring) throw new CliError(`ENCRYPTION_KEYS ${keyring.error}.`);
  await withDatabase(paths, output, async (databaseUrl) => {
    await migrateToLatest({ databaseUrl });
    const db = createDb(
      createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 1 }),
    );
    try {
      const rotation = await rotateSecrets(db, keyring);
      if (json) console.log(JSON.stringify({ currentKey: keyring.currentId, ...rotation }));
      else describe(rotation, keyring.currentId, output);
      refuseUnreadable(rotation);
    } finally {
      await db.destroy();
    }
  });
}

function describe({ before, rotated }: Rotation, currentId: string, output: Output): void {
  for (const [keyId, count] of Object.entries(before)) {
    output.say(`${count} secrets were encrypted with the key "${keyId}"`);
  }
  output.say(`${rotated} are encrypted anew, with "${currentId}"`);
}

function refuseUnreadable({ unreadable }: Rotation): void {
  if (unreadable.length === 0) return;
  throw new CliError(
    `The secrets of these phone number ids can't be decrypted with any key of ENCRYPTION_KEYS: ${unreadable.join(", ")}. Add the key they were saved with, or give the numbers new access tokens.`,
  );
}

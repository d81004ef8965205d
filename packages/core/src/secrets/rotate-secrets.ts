import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Kysely } from "kysely";
import { decryptOrNull } from "./decrypt-or-null.ts";
import { encryptSecret } from "./encrypt-secret.ts";
import { keyIdOf } from "./key-id-of.ts";

export interface Rotation {
  /** Number of secrets by the id of the key that encrypted them before. */
  before: Record<string, number>;
  rotated: number;
  /** Phone number ids of numbers with a secret that no key decrypts. */
  unreadable: string[];
}

const columns = ["access_token", "app_secret"] as const;

/**
 * Encrypts all secrets with the keyring's current key that aren't yet. Safe while services run, if
 * their keyring has both keys: a secret that changes meanwhile stays as it is, and the next run
 * finds it.
 * `db` must have the role loudhailer_engine.
 */
export async function rotateSecrets(db: Kysely<Database>, keyring: Keyring): Promise<Rotation> {
  const rotation: Rotation = { before: {}, rotated: 0, unreadable: [] };
  const rows = await db
    .selectFrom("whatsapp_providers")
    .select(["id", "phone_number_id", ...columns])
    .orderBy("id")
    .execute();
  for (const row of rows) {
    for (const column of columns) {
      const ciphertext = row[column];
      if (ciphertext === null) continue;
      const keyId = keyIdOf(ciphertext) ?? "unknown";
      rotation.before[keyId] = (rotation.before[keyId] ?? 0) + 1;
      if (keyId === keyring.currentId) continue;
      const secret = decryptOrNull(keyring, ciphertext);
      if (secret === null) {
        if (!rotation.unreadable.includes(row.phone_number_id)) {
          rotation.unreadable.push(row.phone_number_id);
        }
        continue;
      }
      const { numUpdatedRows } = await db
        .updateTable("whatsapp_providers")
        .set({ [column]: encryptSecret(keyring, secret) })
        .where("id", "=", row.id)
        .where(column, "=", ciphertext)
        .executeTakeFirst();
      rotation.rotated += Number(numUpdatedRows);
    }
  }
  return rotation;
}

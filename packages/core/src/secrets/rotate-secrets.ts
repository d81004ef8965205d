import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Kysely } from "kysely";
import { decryptSecret } from "./decrypt-secret.ts";
import { encryptSecret } from "./encrypt-secret.ts";
import { keyIdOf } from "./key-id-of.ts";

export interface Rotation {
  /** Secrets by the key they were encrypted with before. */
  before: Record<string, number>;
  rotated: number;
  /** Numbers of which a secret can't be decrypted with any of the keys. */
  unreadable: string[];
}

const columns = ["access_token", "app_secret"] as const;

/**
 * Encrypts every secret with the keyring's current key that isn't yet. Safe while services run, whose
 * keyring has both keys: a secret that changes meanwhile stays as it is, and a repeat finds it.
 * `db` must be on the role loudhailer_engine.
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
      const secret = open(keyring, ciphertext);
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

function open(keyring: Keyring, ciphertext: string): string | null {
  try {
    return decryptSecret(keyring, ciphertext);
  } catch {
    return null;
  }
}

import type { Database } from "@loudhailer/db/database.ts";
import { isStorable } from "@loudhailer/db/storable-json.ts";
import type { Kysely } from "kysely";

/** Returns whether a number of any organization has this webhook verify token. */
export async function isVerifyTokenKnown(db: Kysely<Database>, token: string): Promise<boolean> {
  if (!isStorable(token)) return false;
  const provider = await db
    .selectFrom("whatsapp_providers")
    .select("id")
    .where("webhook_verify_token", "=", token)
    .executeTakeFirst();
  return provider !== undefined;
}

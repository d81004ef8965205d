import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** Returns the id by which this installation's messages name it in their callback data. */
export async function readInstallationId(engineDb: Kysely<Database>): Promise<string> {
  const { id } = await engineDb.selectFrom("installation").select("id").executeTakeFirstOrThrow();
  return id;
}

import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { sql, type Kysely } from "kysely";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";
import { expiryFrom } from "./media-view.ts";

/** Time left when renewal starts: a week of daily attempts before Meta deletes a file. */
const renewBefore = sql`interval '7 days'`;

export interface RenewDeps {
  /** A connection with the role loudhailer_engine. */
  db: Kysely<Database>;
  graph: GraphClient;
  keyring: Keyring;
  log: Log;
}

/**
 * Uploads files again that Meta would delete within a week; sending continues with the new id.
 * Logs files that can't be uploaded now and tries them again on the next run. Returns how many were
 * renewed.
 * @throws Error if the database is unreachable
 */
export async function renewMedia(deps: RenewDeps, signal: AbortSignal): Promise<number> {
  const due = await deps.db
    .selectFrom("media")
    .innerJoin("whatsapp_providers as p", "p.id", "media.provider_id")
    .where("media.expires_at", "<", sql<Date>`now() + ${renewBefore}`)
    .where("p.status", "!=", "disconnected")
    .select([
      "media.id",
      "media.file_name",
      "media.mime_type",
      "media.expires_at",
      "p.phone_number_id",
      "p.access_token",
    ])
    .orderBy("media.expires_at")
    .execute();
  let renewed = 0;
  for (const media of due) {
    if (signal.aborted) break;
    try {
      await renew(deps, media);
      renewed += 1;
    } catch (err) {
      const failure = classifyDatabaseFailure(err);
      if (failure.kind === "away" && failure.reason === "unreachable") throw err;
      deps.log.warn({ err, mediaId: media.id }, "a file could not be uploaded to Meta again");
    }
  }
  return renewed;
}

async function renew(
  { db, graph, keyring }: RenewDeps,
  media: {
    id: string;
    file_name: string;
    mime_type: string;
    expires_at: Date;
    phone_number_id: string;
    access_token: string;
  },
): Promise<void> {
  const chunks = await db
    .selectFrom("media_chunks")
    .select("content")
    .where("media_id", "=", media.id)
    .orderBy("position")
    .execute();
  const uploadedAt = new Date();
  const metaMediaId = await graph.uploadMedia({
    phoneNumberId: media.phone_number_id,
    accessToken: decryptAccessToken(keyring, media.access_token),
    fileName: media.file_name,
    mimeType: media.mime_type,
    bytes: Buffer.concat(chunks.map(({ content }) => content)),
  });
  await db
    .updateTable("media")
    .set({ meta_media_id: metaMediaId, expires_at: expiryFrom(uploadedAt) })
    .where("id", "=", media.id)
    // If another replica was faster, its id stays.
    .where("expires_at", "=", media.expires_at)
    .execute();
}

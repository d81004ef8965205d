import { resolveMedia } from "@loudhailer/core/media/resolve-media.ts";
import { decryptOrNull } from "@loudhailer/core/secrets/decrypt-or-null.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { compileTemplate, type CompiledTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import type { Kysely } from "kysely";
import { LRUCache } from "lru-cache";

/** Data that all messages of a broadcast share. */
export interface SendingBroadcast {
  id: string;
  organizationId: string;
  providerId: string;
  wabaId: string;
  templateId: string;
  phoneNumberId: string;
  /** Null if none of the encryption keys decrypts it. */
  accessToken: string | null;
  accessTokenCiphertext: string;
  marketingCap: "fail" | "retry_after_24h";
  contentVersion: number;
  template: CompiledTemplate;
}

export interface BroadcastLoader {
  /** Returns the broadcast with at least this version of its content. */
  load(broadcastId: string, contentVersion: number): Promise<SendingBroadcast>;
  /** Forgets the broadcast, so that a new token is read before the next send. */
  forget(broadcastId: string): void;
}

// A rotated token is in use after this long at the latest.
const maxAgeMs = 5_000;

export function createBroadcastLoader(db: Kysely<Database>, keyring: Keyring): BroadcastLoader {
  const cache = new LRUCache<string, SendingBroadcast>({
    max: 500,
    ttl: maxAgeMs,
    fetchMethod: (id) => readBroadcast(db, keyring, id),
    // A read under way when its broadcast is forgotten still answers its callers, but isn't kept.
    ignoreFetchAbort: true,
  });
  return {
    async load(broadcastId, contentVersion) {
      let broadcast = await cache.fetch(broadcastId);
      if (broadcast && broadcast.contentVersion < contentVersion) {
        broadcast = await cache.fetch(broadcastId, { forceRefresh: true });
      }
      if (!broadcast) throw new Error(`broadcast ${broadcastId} cannot be read`);
      return broadcast;
    },
    forget: (broadcastId) => void cache.delete(broadcastId),
  };
}

async function readBroadcast(
  db: Kysely<Database>,
  keyring: Keyring,
  broadcastId: string,
): Promise<SendingBroadcast> {
  const row = await db
    .selectFrom("whatsapp_broadcasts as b")
    .innerJoin("whatsapp_providers as p", "p.id", "b.provider_id")
    .where("b.id", "=", broadcastId)
    .select([
      "b.organization_id",
      "b.template_id",
      "b.marketing_cap",
      "b.variables",
      "b.template_snapshot",
      "b.content_version",
      "p.id as provider_id",
      "p.waba_id",
      "p.phone_number_id",
      "p.access_token",
    ])
    .executeTakeFirstOrThrow();
  if (!row.template_snapshot) throw new Error(`broadcast ${broadcastId} has no template snapshot`);
  const variables = await resolveMedia(db, row.organization_id, row.variables);
  return {
    id: broadcastId,
    organizationId: row.organization_id,
    providerId: row.provider_id,
    wabaId: row.waba_id,
    templateId: row.template_id,
    phoneNumberId: row.phone_number_id,
    accessToken: decryptOrNull(keyring, row.access_token),
    accessTokenCiphertext: row.access_token,
    marketingCap: row.marketing_cap,
    contentVersion: row.content_version,
    template: compileTemplate(row.template_snapshot, variables),
  };
}

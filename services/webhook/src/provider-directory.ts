import { decryptSecret } from "@loudhailer/core/secrets/decrypt-secret.ts";
import {
  findWebhookProviders,
  listSigningProviders,
  type WebhookProvider,
} from "@loudhailer/core/webhook-events/webhook-provider.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import DataLoader from "dataloader";
import type { Kysely } from "kysely";
import { LRUCache } from "lru-cache";

// Short, so that a changed secret or a removed number takes effect after 5 s, and a newly connected
// number after 250 ms.
const foundMsMax = 5_000;
const notFoundMs = 250;
const cacheSizeMax = 20_000;
const lookupSizeMax = 500;
const appSecretsMax = 200;

export interface SigningProvider {
  providerId: string;
  organizationId: string;
  /** Null if none is known. `unreadable` if it can't be decrypted with ENCRYPTION_KEYS. */
  appSecret: string | null | { unreadable: true };
}

export interface ProviderDirectory {
  /** Returns at most one provider: a phone number id belongs to one organization. */
  byNumber(phoneNumberId: string): Promise<readonly SigningProvider[]>;
  byWaba(wabaId: string): Promise<readonly SigningProvider[]>;
  /** Returns the app secrets of the platform and the newest 200 providers with one, each once. */
  appSecrets(): Promise<readonly string[]>;
}

/** Creates a directory of the providers and app secrets of numbers and WABAs, cached briefly. */
export function createProviderDirectory(options: {
  db: Kysely<Database>;
  keyring: Keyring;
  platformAppSecret: string | undefined;
  log: Log;
}): ProviderDirectory {
  const { db, keyring, log } = options;
  const platformAppSecret = options.platformAppSecret ?? null;

  function toSigning({ providerId, organizationId, appSecret }: WebhookProvider): SigningProvider {
    if (appSecret === null) return { providerId, organizationId, appSecret: platformAppSecret };
    try {
      return { providerId, organizationId, appSecret: decryptSecret(keyring, appSecret) };
    } catch (error) {
      log.error({ err: error, providerId }, "app secret cannot be decrypted");
      return { providerId, organizationId, appSecret: { unreadable: true } };
    }
  }

  async function listAppSecrets(): Promise<readonly string[]> {
    const providers = await listSigningProviders(db, appSecretsMax);
    const secrets = [platformAppSecret, ...providers.map((item) => toSigning(item).appSecret)];
    return [...new Set(secrets.filter((secret) => typeof secret === "string"))];
  }

  const appSecrets = new LRUCache<"all", readonly string[]>({
    max: 1,
    ttl: foundMsMax,
    fetchMethod: listAppSecrets,
  });
  return {
    byNumber: cachedLookup({ db, key: "phoneNumberId", foundMs: foundMsMax, toSigning }),
    // These lookups are rare, and another organization may just have joined the account.
    byWaba: cachedLookup({ db, key: "wabaId", foundMs: notFoundMs, toSigning }),
    appSecrets: async () => (await appSecrets.fetch("all")) ?? [],
  };
}

function cachedLookup(options: {
  db: Kysely<Database>;
  key: "phoneNumberId" | "wabaId";
  foundMs: number;
  toSigning(provider: WebhookProvider): SigningProvider;
}): (id: string) => Promise<readonly SigningProvider[]> {
  const { db, key, foundMs, toSigning } = options;
  const loader = new DataLoader<string, readonly SigningProvider[]>(
    async (ids) => {
      const providers = await findWebhookProviders(db, key, ids);
      const byId = Map.groupBy(providers, (provider) => provider[key]);
      return ids.map((id) => (byId.get(id) ?? []).map(toSigning));
    },
    { cache: false, maxBatchSize: lookupSizeMax },
  );
  const cache = new LRUCache<string, readonly SigningProvider[]>({ max: cacheSizeMax });
  // The cache's own fetch isn't used: it creates an AbortController, 3 KB for every unknown number.
  const underWay = new Map<string, Promise<readonly SigningProvider[]>>();

  async function lookUp(id: string): Promise<readonly SigningProvider[]> {
    try {
      const providers = await loader.load(id);
      cache.set(id, providers, { ttl: providers.length === 0 ? notFoundMs : foundMs });
      return providers;
    } finally {
      underWay.delete(id);
    }
  }

  return async (id) => {
    const known = cache.get(id);
    if (known) return known;
    // Concurrent requests for an id share one lookup. A failed lookup is not cached.
    const asked = underWay.get(id) ?? lookUp(id);
    underWay.set(id, asked);
    return asked;
  };
}

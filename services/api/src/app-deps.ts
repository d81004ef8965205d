import type { Auth } from "@loudhailer/core/accounts/create-auth.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { ReadinessCheck } from "@loudhailer/runtime/health-routes.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import type { Metrics } from "@loudhailer/runtime/metrics.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { Kysely } from "kysely";

/** All that the HTTP API works with; whoever builds it also closes it. */
export interface AppDeps {
  /** On the role loudhailer_api. */
  db: Kysely<Database>;
  /** On the role loudhailer_auth. */
  authDb: Kysely<Database>;
  auth: Auth;
  graph: GraphClient;
  keyring: Keyring;
  /** Where browsers find us; requests from pages of other origins can't use the session cookie. */
  publicUrl: string;
  /** Whose word on a client's address is believed: addresses, networks, `loopback`. */
  trustedProxies: string[];
  /** Where Meta finds the webhook service's handler. */
  webhookUrl: string;
  log: Logger;
  metrics: Metrics;
  checks: { database: ReadinessCheck; queue: ReadinessCheck };
  limits?: Partial<Limits>;
}

export interface Limits {
  /** For each API key, and for each address of those who have none. */
  requestsPerMinute: number;
  jsonBytes: number;
  uploadBytes: number;
  /** Beyond that requests are refused, 503: the process can't keep up. */
  eventLoopDelayMs: number;
}

export const defaultLimits: Limits = {
  requestsPerMinute: 3_000,
  jsonBytes: 1024 * 1024,
  // A million contacts with a dozen columns are about 200 MB.
  uploadBytes: 1024 * 1024 * 1024,
  eventLoopDelayMs: 2_000,
};

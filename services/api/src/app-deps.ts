import type { Auth } from "@loudhailer/core/accounts/create-auth.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { ReadinessCheck } from "@loudhailer/runtime/health-routes.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import type { Metrics } from "@loudhailer/runtime/metrics.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { Kysely } from "kysely";

/** Dependencies of the HTTP API. The caller that creates them also closes them. */
export interface AppDeps {
  /** Database connection with the role loudhailer_api. */
  db: Kysely<Database>;
  /** Database connection with the role loudhailer_auth. */
  authDb: Kysely<Database>;
  auth: Auth;
  graph: GraphClient;
  keyring: Keyring;
  /**
   * Public URL of the dashboard. With a session, requests that change something are accepted only
   * from pages of this origin or of the API's own host.
   */
  publicUrl: string;
  /** Proxies whose forwarded client address is trusted: addresses, networks, `loopback`. */
  trustedProxies: string[];
  /** Public URL of the webhook service's handler for Meta. */
  webhookUrl: string;
  log: Logger;
  metrics: Metrics;
  checks: { database: ReadinessCheck; queue: ReadinessCheck };
  limits?: Partial<Limits>;
}

export interface Limits {
  /** Requests per minute for each API key, and for each client address that sends none. */
  requestsPerMinute: number;
  jsonBytes: number;
  uploadBytes: number;
  /** Event loop delay above which requests get 503, because the process can't keep up. */
  eventLoopDelayMs: number;
}

export const defaultLimits: Limits = {
  requestsPerMinute: 3_000,
  jsonBytes: 1024 * 1024,
  // A million contacts with a dozen columns take about 200 MB.
  uploadBytes: 1024 * 1024 * 1024,
  eventLoopDelayMs: 2_000,
};

import { randomBytes } from "node:crypto";
import { createAuth } from "@loudhailer/core/accounts/create-auth.ts";
import type { Mail } from "@loudhailer/core/accounts/create-mailer.ts";
import { createOrganization } from "@loudhailer/core/accounts/create-organization.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { startSimulator } from "@loudhailer/meta-simulator/start-simulator.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import { createMetrics } from "@loudhailer/runtime/metrics.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { sql } from "kysely";
import { afterAll, expect } from "vitest";
import type { AppDeps, Limits } from "../app-deps.ts";
import { buildApp } from "../app.ts";
import { readOpenApi } from "./open-api.ts";
import { createTestClient } from "./test-client.ts";
import { createContractWatch } from "./watch-contract.ts";

export const number = {
  phoneNumberId: "106540352242922",
  wabaId: "102290129340398",
  accessToken: "EAAtestTokenThatMustNeverBeSeen",
  appSecret: "app-secret-that-must-never-be-seen",
};

let emails = 0;

/**
 * Starts the API on its own port, with a simulator of Meta and with the given or a new database.
 * Closes them after the file's last test, and then requires that every response of an
 * organization's client matched the OpenAPI document. `logged()` returns everything logged so far.
 */
export async function startTestApi(
  options: {
    limits?: Partial<Limits>;
    deps?: Partial<AppDeps>;
    graphUrl?: string;
    databaseUrl?: string;
  } = {},
) {
  const databaseUrl = options.databaseUrl ?? (await useTestDatabase()).databaseUrl;
  const simulator = await startSimulator({ numbers: [number], latencyMs: 0, templateReviewMs: 0 });
  const lines: string[] = [];
  const mails: Mail[] = [];
  const log = createLogger({
    service: "api",
    level: "debug",
    destination: { write: (line) => void lines.push(line) },
  });
  const db = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
  const authPool = createPool({ connectionString: databaseUrl, role: "loudhailer_auth" });
  const authDb = createDb(authPool);
  const engineDb = createDb(
    createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }),
  );
  const keyring = { currentId: "k", keys: new Map([["k", randomBytes(32)]]) };
  const graph = createGraphClient({ baseUrl: options.graphUrl ?? simulator.url, version: "v25.0" });
  const publicUrl = "http://dashboard.test";
  const auth = createAuth({
    pool: authPool,
    secret: randomBytes(32).toString("hex"),
    publicUrl,
    log: (level, sentence) => log[level](sentence),
    mailer: { send: async (mail) => void mails.push(mail), close: () => undefined },
  });
  const app = await buildApp({
    db,
    authDb,
    auth,
    graph,
    keyring,
    publicUrl,
    trustedProxies: ["loopback"],
    webhookUrl: "https://hooks.test/webhooks/whatsapp",
    log,
    metrics: createMetrics("api"),
    checks: { database: () => sql`select 1`.execute(db), queue: async () => undefined },
    // The test itself keeps this process busy, so the limit for the event loop delay is high.
    limits: { eventLoopDelayMs: 60_000, ...options.limits },
    ...options.deps,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const watch = createContractWatch(readOpenApi(app.swagger()));
  afterAll(async () => {
    await app.close();
    await graph.close();
    await Promise.all([db.destroy(), authDb.destroy(), engineDb.destroy(), simulator.close()]);
    expect(watch.errors, "answers that aren't as the OpenAPI document says").toEqual([]);
  });

  /** Creates an organization and a client with its API key. */
  async function newOrganization() {
    emails += 1;
    const email = `owner${emails}@example.com`;
    const password = "a good password";
    const made = await createOrganization({ databaseUrl, name: "Shop", email, password });
    return { ...made, email, password, api: createTestClient(url, made.apiKey, watch.check) };
  }
  return {
    app,
    url,
    publicUrl,
    databaseUrl,
    simulator,
    db,
    authDb,
    engineDb,
    keyring,
    /** Emails sent so far. */
    mails,
    logged: () => lines.join(""),
    newOrganization,
  };
}

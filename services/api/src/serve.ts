import { createAuth } from "@loudhailer/core/accounts/create-auth.ts";
import { createMailer } from "@loudhailer/core/accounts/create-mailer.ts";
import { forgetRateLimits } from "@loudhailer/core/accounts/forget-rate-limits.ts";
import { runContactJobs } from "@loudhailer/core/contact-jobs/run-contact-jobs.ts";
import { startBroadcastEngine } from "@loudhailer/core/engine/start-broadcast-engine.ts";
import { forgetIdempotencyKeys } from "@loudhailer/core/idempotency/forget-idempotency-keys.ts";
import { resumeContactImports } from "@loudhailer/core/imports/resume-contact-imports.ts";
import { startMaintenance } from "@loudhailer/core/maintenance/start-maintenance.ts";
import { countActivity } from "@loudhailer/core/overview/count-activity.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool, type DatabaseRole } from "@loudhailer/db/create-pool.ts";
import { checkEviction } from "@loudhailer/queue/check-eviction.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues } from "@loudhailer/queue/send-queues.ts";
import * as fields from "@loudhailer/runtime/env-fields.ts";
import { listen } from "@loudhailer/runtime/listen.ts";
import { runService } from "@loudhailer/runtime/run-service.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { waitForDatabase } from "@loudhailer/runtime/wait-for-database.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { z } from "zod";
import { buildApp } from "./app.ts";

// The longest statement, merging a million imported contacts, takes a minute. A database that hangs
// must not block the background work forever.
const engineStatementMsMax = 10 * 60_000;

const envSchema = z.object({
  DATABASE_URL: fields.databaseUrl,
  REDIS_URL: fields.redisUrl,
  META_GRAPH_URL: fields.metaGraphUrl,
  META_GRAPH_VERSION: fields.metaGraphVersion,
  ENCRYPTION_KEYS: fields.encryptionKeys,
  AUTH_SECRET: fields.authSecret,
  PUBLIC_URL: fields.publicUrl,
  SMTP_URL: fields.smtpUrl,
  MAIL_FROM: fields.mailFrom,
  WEBHOOK_PUBLIC_URL: fields.webhookPublicUrl,
  API_PORT: fields.port(4000),
  LISTEN_HOST: fields.listenHost,
  TRUSTED_PROXIES: fields.trustedProxies,
  LOG_LEVEL: fields.logLevel,
});

await runService("api", envSchema, async ({ env, log, metrics, onShutdown }) => {
  const openPool = (role: DatabaseRole, max: number, statementTimeoutMs?: number) =>
    createPool({
      connectionString: env.DATABASE_URL,
      role,
      max,
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
      applicationName: `loudhailer-api ${role}`,
    });
  const db = createDb(openPool("loudhailer_api", 20));
  onShutdown(() => db.destroy());
  const authPool = openPool("loudhailer_auth", 10);
  const authDb = createDb(authPool);
  onShutdown(() => authDb.destroy());
  const engineDb = createDb(openPool("loudhailer_engine", 10, engineStatementMsMax));
  onShutdown(() => engineDb.destroy());
  const ping = () => engineDb.selectFrom("dispatchers").select("id").limit(1).execute();
  await waitForDatabase({ databaseUrl: env.DATABASE_URL, ping });

  const backend = createQueueBackend({ redisUrl: env.REDIS_URL, databaseUrl: env.DATABASE_URL });
  onShutdown(() => backend.close());
  await checkEviction(backend, log);
  const queues = openSendQueues(backend);
  onShutdown(() => queues.close());
  const graph = createGraphClient({ baseUrl: env.META_GRAPH_URL, version: env.META_GRAPH_VERSION });
  onShutdown(() => graph.close());

  const engine = startBroadcastEngine({ engineDb, queues, log });
  onShutdown(() => engine.close());
  const webhookUrl = `${env.WEBHOOK_PUBLIC_URL}/webhooks/whatsapp`;
  const keyring = env.ENCRYPTION_KEYS;
  const maintenance = startMaintenance({ backend, db, engineDb, graph, keyring, webhookUrl, log });
  onShutdown(() => maintenance.close());
  const forgetOld = async () => {
    await forgetIdempotencyKeys(engineDb);
    await forgetRateLimits(engineDb);
  };
  const loops = [
    startLoop("imports", 500, () => resumeContactImports({ db: engineDb, log }), log),
    startLoop("contact jobs", 500, (signal) => runContactJobs({ db: engineDb, log }, signal), log),
    startLoop("count activity", 5_000, (signal) => countActivity(engineDb, signal), log),
    startLoop("forget", 600_000, forgetOld, log),
  ];
  onShutdown(() => Promise.all(loops.map((loop) => loop.close())));

  const mailer = createMailer({
    smtpUrl: env.SMTP_URL,
    from: env.MAIL_FROM,
    print: (mail) => log.warn({ mail }, "SMTP_URL is not set: this mail was not sent"),
  });
  onShutdown(async () => mailer.close());
  const auth = createAuth({
    pool: authPool,
    secret: env.AUTH_SECRET,
    publicUrl: env.PUBLIC_URL,
    log: (level, sentence) => log[level]({ component: "auth" }, sentence),
    mailer,
  });
  const app = await buildApp({
    db,
    authDb,
    auth,
    graph,
    keyring,
    publicUrl: env.PUBLIC_URL,
    trustedProxies: env.TRUSTED_PROXIES,
    webhookUrl,
    log,
    metrics,
    checks: { database: ping, queue: () => backend.ping() },
  });
  onShutdown(() => app.close());
  await listen(app, { host: env.LISTEN_HOST, port: env.API_PORT, portVariable: "API_PORT" });
});

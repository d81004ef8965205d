import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import * as fields from "@loudhailer/runtime/env-fields.ts";
import { listen } from "@loudhailer/runtime/listen.ts";
import { runService } from "@loudhailer/runtime/run-service.ts";
import { waitForDatabase } from "@loudhailer/runtime/wait-for-database.ts";
import { z } from "zod";
import { buildApp } from "./app.ts";
import { startBackground } from "./start-background.ts";

const envSchema = z.object({
  DATABASE_URL: fields.databaseUrl,
  WEBHOOK_PORT: fields.port(4001),
  LISTEN_HOST: fields.listenHost,
  META_APP_SECRET: fields.metaAppSecret,
  ENCRYPTION_KEYS: fields.encryptionKeys,
  LOG_LEVEL: fields.logLevel,
});

await runService("webhook", envSchema, async ({ env, log, metrics, onShutdown }) => {
  const pool = createPool({
    connectionString: env.DATABASE_URL,
    role: "loudhailer_engine",
    applicationName: "loudhailer-webhook",
    // Short enough for Meta to get a 503 before it gives up on the request.
    connectTimeoutMs: 2_000,
    statementTimeoutMs: 10_000,
  });
  onShutdown(() => pool.end());
  await waitForDatabase({
    databaseUrl: env.DATABASE_URL,
    ping: () => pool.query("select from webhook_events limit 0"),
  });

  const secrets = { keyring: env.ENCRYPTION_KEYS, platformAppSecret: env.META_APP_SECRET };
  const background = startBackground({ pool, db: createDb(pool), ...secrets }, log);
  onShutdown(() => background.close());
  const app = buildApp({ pool, ...secrets, seen: background.seen, log, metrics });
  onShutdown(() => app.close());
  const address = await listen(app, {
    host: env.LISTEN_HOST,
    port: env.WEBHOOK_PORT,
    portVariable: "WEBHOOK_PORT",
  });
  log.info({ address }, "webhook listens");
});

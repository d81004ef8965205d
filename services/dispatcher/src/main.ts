import { randomUUID } from "node:crypto";
import { pauseForFault } from "@loudhailer/core/pauses/pause-for-fault.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import { createDatabaseHistory } from "@loudhailer/pacing/database-history.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { restoreClaims } from "@loudhailer/pacing/restore-claims.ts";
import { leaseMs, lookForStrayClaimsMs } from "@loudhailer/pacing/tuning.ts";
import { checkEviction } from "@loudhailer/queue/check-eviction.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendWorker } from "@loudhailer/queue/send-worker.ts";
import * as fields from "@loudhailer/runtime/env-fields.ts";
import { startMetricsServer } from "@loudhailer/runtime/metrics-server.ts";
import { runService } from "@loudhailer/runtime/run-service.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { waitForDatabase } from "@loudhailer/runtime/wait-for-database.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { z } from "zod";
import { carryOutConsequence } from "./carry-out-consequence.ts";
import { createSettle } from "./create-settle.ts";
import { createBroadcastLoader } from "./load-broadcast.ts";
import { openNumber } from "./open-number.ts";
import { startOwnNumbers } from "./own-numbers.ts";
import { sendRecipient } from "./send-recipient.ts";
import { settleStrayClaims } from "./settle-stray-claims.ts";
import { watchRowRefusals } from "./watch-row-refusals.ts";

const envSchema = z.object({
  DATABASE_URL: fields.databaseUrl,
  REDIS_URL: fields.redisUrl,
  META_GRAPH_URL: fields.metaGraphUrl,
  META_GRAPH_VERSION: fields.metaGraphVersion,
  ENCRYPTION_KEYS: fields.encryptionKeys,
  METRICS_PORT: fields.port(4002),
  LISTEN_HOST: fields.listenHost,
  DISPATCHER_CONCURRENCY: fields.positiveInteger(1_500),
  LOG_LEVEL: fields.logLevel,
});

const connectionsMax = 20_000;
// Part of the 12 s that runService allows for closing.
const abortAfterMs = 8_000;

await runService("dispatcher", envSchema, async ({ env, log, metrics, onShutdown }) => {
  const dispatcherId = randomUUID();
  const pool = createPool({
    connectionString: env.DATABASE_URL,
    role: "loudhailer_engine",
    applicationName: "loudhailer-dispatcher",
    statementTimeoutMs: 10_000,
  });
  const db = createDb(pool);
  onShutdown(() => db.destroy());
  const ping = () => db.selectFrom("dispatchers").select("id").limit(1).execute();
  await waitForDatabase({ databaseUrl: env.DATABASE_URL, ping });

  const backend = createQueueBackend({ redisUrl: env.REDIS_URL, databaseUrl: env.DATABASE_URL });
  onShutdown(() => backend.close());
  await checkEviction(backend, log);
  const graph = createGraphClient({
    baseUrl: env.META_GRAPH_URL,
    version: env.META_GRAPH_VERSION,
    // No message waits for a connection: the workers limit the messages under way.
    connections: connectionsMax,
  });
  onShutdown(() => graph.close());

  const broadcasts = createBroadcastLoader(db, env.ENCRYPTION_KEYS);
  const outcomes = metrics.counter({
    name: "recipients_settled_total",
    help: "Attempts by what became of the recipient",
    labels: ["status"],
  });
  const history = createDatabaseHistory();
  const recentClaims = createRecentClaims();
  const settle = createSettle(pool, recentClaims, log);
  const deps = {
    installationId: await readInstallationId(db),
    settle,
    broadcasts,
    graph,
    rowRefusals: watchRowRefusals(),
    carryOut: carryOutConsequence.bind(null, { db, broadcasts, log }),
    pauseForFault: pauseForFault.bind(null, db),
    onOutcome: (status: string) => outcomes.inc({ status }),
    log,
  };
  const leasePool = createPool({
    connectionString: env.DATABASE_URL,
    role: "loudhailer_engine",
    max: 2,
    applicationName: "loudhailer-dispatcher leases",
    statementTimeoutMs: leaseMs,
  });
  const numbers = await startOwnNumbers({
    dispatcherId,
    leasePool,
    history,
    restore: async () => {
      const claims = await restoreClaims(pool, dispatcherId, recentClaims);
      log.warn({ claims }, "what was claimed and settled lately is written again");
    },
    concurrencyMax: env.DISPATCHER_CONCURRENCY,
    openNumber: (number, lease, ownedUntil) =>
      openNumber({ db, pool, dispatcherId, history, recentClaims, log }, number, lease, ownedUntil),
    openWorker: (number, phoneNumberId, concurrency) =>
      openSendWorker(backend, phoneNumberId, (id) => sendRecipient(deps, number, id), {
        concurrency,
        onError: (error) => log.error({ err: error, phoneNumberId }, "queue worker error"),
      }),
    log,
  });
  metrics.gauge({
    name: "numbers_owned",
    help: "Numbers from which this dispatcher sends",
    read: numbers.count,
  });
  metrics.gauge({
    name: "numbers_without_owner",
    help: "Numbers that have something to send and no dispatcher",
    read: numbers.ownerless,
  });
  metrics.gauge({
    name: "graph_circuits_open",
    help: "Numbers that wait because Meta doesn't answer their messages",
    read: () => Object.keys(numbers.away()).length,
  });
  onShutdown(() => leasePool.end());
  const strayClaims = startLoop(
    "stray claims",
    lookForStrayClaimsMs,
    () => settleStrayClaims({ db, dispatcherId, recentClaims, settle, log }),
    log,
  );
  // After the numbers are given up, since it waits for settlements.
  onShutdown(() => strayClaims.close());
  onShutdown(async () => {
    // Requests that Meta hasn't answered by then are settled as unknown while there is time.
    const abort = setTimeout(() => graph.abort(), abortAfterMs);
    await numbers.close();
    clearTimeout(abort);
  });
  const server = await startMetricsServer({
    host: env.LISTEN_HOST,
    port: env.METRICS_PORT,
    portVariable: "METRICS_PORT",
    metrics,
    checks: {
      database: ping,
      queue: () => backend.ping(),
      leases: async () => numbers.checkRenewal(),
    },
  });
  onShutdown(() => server.close());
});

import { randomUUID } from "node:crypto";
import { pauseForFault } from "@loudhailer/core/pauses/pause-for-fault.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { openClaimer } from "@loudhailer/pacing/claimer.ts";
import { createPacer } from "@loudhailer/pacing/pacer.ts";
import { throttleNumber } from "@loudhailer/pacing/throttle-number.ts";
import { createThrottle } from "@loudhailer/pacing/throttle.ts";
import { checkEviction } from "@loudhailer/queue/check-eviction.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import * as fields from "@loudhailer/runtime/env-fields.ts";
import { startMetricsServer } from "@loudhailer/runtime/metrics-server.ts";
import { runService } from "@loudhailer/runtime/run-service.ts";
import { waitForDatabase } from "@loudhailer/runtime/wait-for-database.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { z } from "zod";
import { carryOutConsequence } from "./carry-out-consequence.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createSettle } from "./create-settle.ts";
import { createBroadcastLoader } from "./load-broadcast.ts";
import { sendRecipient } from "./send-recipient.ts";
import { startHeartbeat } from "./start-heartbeat.ts";
import { startNumberWorkers } from "./start-number-workers.ts";
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
    // No message waits for a connection after its slot: the workers limit the messages under way.
    connections: connectionsMax,
  });
  onShutdown(() => graph.close());

  const broadcasts = createBroadcastLoader(db, env.ENCRYPTION_KEYS);
  const outcomes = metrics.counter({
    name: "recipients_settled_total",
    help: "Attempts by what became of the recipient",
    labels: ["status"],
  });
  const deps = {
    settle: createSettle(pool, log),
    broadcasts,
    graph,
    rowRefusals: watchRowRefusals(),
    carryOut: carryOutConsequence.bind(null, { db, broadcasts, log }),
    pauseForFault: pauseForFault.bind(null, db),
    onOutcome: (status: string) => outcomes.inc({ status }),
    log,
  };
  const numbers = startNumberWorkers({
    db,
    dispatcherId,
    backend,
    concurrencyMax: env.DISPATCHER_CONCURRENCY,
    openNumber: (phoneNumberId, dispatchersEach) => {
      const pacer = createPacer();
      const claimer = openClaimer(pool, { phoneNumberId, dispatcherId, pacer, log });
      const throttle = createThrottle(
        pacer,
        () => Math.min(claimer.claimants(), dispatchersEach()),
        (providerId, refusal) => throttleNumber(db, providerId, { dispatcherId, ...refusal }),
      );
      const circuitBreaker = createCircuitBreaker((isAway) => {
        if (isAway) log.warn({ phoneNumberId }, "Meta doesn't answer, the number waits");
        else log.info({ phoneNumberId }, "Meta answers again");
      });
      return { claimer, pacer, throttle, circuitBreaker };
    },
    handle: (number, recipientId) => sendRecipient(deps, number, recipientId),
    log,
  });
  metrics.gauge({
    name: "graph_circuits_open",
    help: "Numbers that wait because Meta doesn't answer their messages",
    read: () => Object.keys(numbers.away()).length,
  });
  // After the numbers' opening and before their close: a dispatcher that stops is alive until then.
  const heartbeat = await startHeartbeat(env.DATABASE_URL, dispatcherId, numbers.away, log);
  onShutdown(() => heartbeat.stop());
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
    checks: { database: ping, queue: () => backend.ping() },
  });
  onShutdown(() => server.close());
});

import type { FastifyInstance, FastifySchema } from "fastify";
import type { Metrics } from "./metrics.ts";

/** Resolves when the thing it asks answers; what it rejects with is not shown to anyone. */
export type ReadinessCheck = () => Promise<unknown>;

export interface HealthOptions {
  metrics: Metrics;
  /** By the name shown at /readyz: `database`, `queue`. */
  checks: Readonly<Record<string, ReadinessCheck>>;
  checkTimeoutMs?: number;
}

// Where @fastify/swagger is registered too, it leaves these out of the API's description.
const hidden: FastifySchema & { hide: true } = { hide: true };
const quiet = { logLevel: "silent", schema: hidden } as const;

/**
 * Fastify plugin: GET /healthz (the process lives), /readyz (200, or 503 when a check fails or is slower than
 * `checkTimeoutMs`, 2 s) and /metrics (Prometheus text).
 */
export async function healthRoutes(app: FastifyInstance, options: HealthOptions): Promise<void> {
  const timeoutMs = options.checkTimeoutMs ?? 2_000;

  app.get("/healthz", quiet, () => ({ status: "ok" }));

  app.get("/readyz", quiet, async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(options.checks).map(
        async ([name, check]) => [name, await passes(check, timeoutMs)] as const,
      ),
    );
    const ready = results.every(([, ok]) => ok);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? "ready" : "not_ready",
      checks: Object.fromEntries(results.map(([name, ok]) => [name, ok ? "ok" : "failing"])),
    });
  });

  app.get("/metrics", quiet, async (_request, reply) => {
    const { registry } = options.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

async function passes(check: ReadinessCheck, timeoutMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), timeoutMs);
  try {
    return await Promise.race([check().then(() => true), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

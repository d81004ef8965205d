import type { FastifyInstance, FastifySchema } from "fastify";
import type { Metrics } from "./metrics.ts";
import { withTimeout } from "./with-timeout.ts";

/** A check that resolves when its dependency answers. The reason of a rejection is never shown. */
export type ReadinessCheck = () => Promise<unknown>;

export interface HealthOptions {
  metrics: Metrics;
  /** Checks by the name that /readyz shows, such as `database` or `queue`. */
  checks: Readonly<Record<string, ReadinessCheck>>;
  checkTimeoutMs?: number;
}

// Tells @fastify/swagger, if registered, to omit these routes from the API's description.
const hidden: FastifySchema & { hide: true } = { hide: true };
const quiet = { logLevel: "silent", schema: hidden } as const;

/**
 * Adds GET /healthz, /readyz, and /metrics to a Fastify app. /healthz answers while the process
 * runs. /readyz answers 200, or 503 if a check fails or takes longer than `checkTimeoutMs` (default
 * 2 s). /metrics answers in Prometheus's text format.
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
  try {
    await withTimeout(check(), timeoutMs);
    return true;
  } catch {
    return false;
  }
}

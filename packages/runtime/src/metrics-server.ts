import { fastify, type FastifyInstance } from "fastify";
import { endConnections } from "./end-connections.ts";
import { healthRoutes, type HealthOptions } from "./health-routes.ts";
import { listen, type ListenOptions } from "./listen.ts";

/**
 * /healthz, /readyz and /metrics for a service that has no HTTP of its own. Close it with
 * `app.close()`. Throws StartError when the port is taken.
 */
export async function startMetricsServer(
  options: HealthOptions & ListenOptions,
): Promise<FastifyInstance> {
  const app = fastify({ logger: false });
  endConnections(app);
  await app.register(healthRoutes, options);
  await listen(app, options);
  return app;
}

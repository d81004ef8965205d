import { fastify, type FastifyInstance } from "fastify";
import { endConnections } from "./end-connections.ts";
import { healthRoutes, type HealthOptions } from "./health-routes.ts";
import { listen, type ListenOptions } from "./listen.ts";

/**
 * Serves /healthz, /readyz, and /metrics for a service without an HTTP server of its own. Close it
 * with `app.close()`.
 * @throws StartError if the port is in use or not allowed for this user
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

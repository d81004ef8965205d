import type { Metrics } from "@loudhailer/runtime/metrics.ts";
import type { FastifyInstance } from "fastify";

const durationBucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Logs and measures each request by its route, since a URL can contain personal data. */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram({
    name: "http_request_duration_seconds",
    help: "Requests to the API by route and status",
    labels: ["method", "route", "status"],
    buckets: durationBucketsSeconds,
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "unknown";
    const status = reply.statusCode;
    duration.observe({ method, route, status }, reply.elapsedTime / 1_000);
    request.log.info(
      {
        method,
        route,
        status,
        durationMs: Math.round(reply.elapsedTime),
        organizationId: request.tenant?.organizationId,
      },
      "request answered",
    );
  });
}

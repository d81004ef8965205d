import { overview, overviewQuery } from "@loudhailer/contracts/overview.ts";
import { getOverview } from "@loudhailer/core/overview/get-overview.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";

export const overviewRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/overview",
    {
      schema: {
        tags: ["Overview"],
        summary: "Count what was sent, delivered, read, failed and answered, day by day",
        querystring: overviewQuery,
        response: { 200: overview },
      },
    },
    (request) => getOverview(tenantOf(request), request.query),
  );
};

import { audiencePreview } from "@loudhailer/contracts/contacts.ts";
import { segmentCriteria } from "@loudhailer/contracts/segment-criteria.ts";
import { previewAudience } from "@loudhailer/core/audiences/preview-audience.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { errorResponses } from "../../http/error-responses.ts";

export const audienceRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/audiences/preview",
    {
      schema: {
        tags: ["Contacts"],
        summary: "Count the contacts of a segment",
        body: z.strictObject({ segmentCriteria }),
        response: { 200: audiencePreview, ...errorResponses },
      },
    },
    (request) => previewAudience(tenantOf(request), request.body),
  );
};

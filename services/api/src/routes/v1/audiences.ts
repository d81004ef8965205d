import { audiencePreview, audiencePreviewBody } from "@loudhailer/contracts/contacts.ts";
import { previewAudience } from "@loudhailer/core/segments/preview-audience.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";

export const audienceRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/audiences/preview",
    {
      schema: {
        tags: ["Contacts"],
        summary: "Count the contacts of a segment",
        body: audiencePreviewBody,
        response: { 200: audiencePreview },
      },
    },
    (request) => previewAudience(tenantOf(request), request.body),
  );
};

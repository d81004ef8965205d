import { idParams } from "@loudhailer/contracts/scalars.ts";
import {
  listTemplatesQuery,
  syncTemplatesBody,
  templatePage,
  templateSyncResult,
  templateView,
} from "@loudhailer/contracts/templates.ts";
import { getTemplate } from "@loudhailer/core/templates/get-template.ts";
import { listTemplates } from "@loudhailer/core/templates/list-templates.ts";
import { syncTemplates } from "@loudhailer/core/templates/sync-templates.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDeps } from "../../app-deps.ts";
import { tenantOf } from "../../http/authenticate.ts";
import { errorResponses } from "../../http/error-responses.ts";
import { providerContextOf } from "../../http/provider-context.ts";

const tags = ["Templates"];

export const templateRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  app.post(
    "/templates/sync",
    {
      schema: {
        tags,
        summary: "Bring the templates in line with Meta's",
        body: syncTemplatesBody.nullish(),
        response: { 200: templateSyncResult, ...errorResponses },
      },
    },
    (request) => syncTemplates(providerContextOf(request, deps), request.body ?? {}),
  );

  app.get(
    "/templates",
    {
      schema: {
        tags,
        summary: "List the templates that Meta has now",
        querystring: listTemplatesQuery,
        response: { 200: templatePage, ...errorResponses },
      },
    },
    (request) => listTemplates(tenantOf(request), request.query),
  );

  app.get(
    "/templates/:id",
    {
      schema: {
        tags,
        summary: "Read one template with the slots to fill",
        params: idParams,
        response: { 200: templateView, ...errorResponses },
      },
    },
    (request) => getTemplate(tenantOf(request), request.params.id),
  );
};

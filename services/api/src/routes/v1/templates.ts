import { idParams } from "@loudhailer/contracts/scalars.ts";
import {
  createTemplateBody,
  listTemplatesQuery,
  previewTemplateBody,
  syncTemplatesBody,
  templateMedia,
  templatePage,
  templatePreview,
  templateSyncResult,
  templateView,
  updateTemplateBody,
} from "@loudhailer/contracts/templates.ts";
import { createTemplate } from "@loudhailer/core/templates/create-template.ts";
import { deleteTemplate } from "@loudhailer/core/templates/delete-template.ts";
import { getTemplate } from "@loudhailer/core/templates/get-template.ts";
import { listTemplates } from "@loudhailer/core/templates/list-templates.ts";
import { previewTemplate } from "@loudhailer/core/templates/preview-template.ts";
import { syncTemplates } from "@loudhailer/core/templates/sync-templates.ts";
import { updateTemplate } from "@loudhailer/core/templates/update-template.ts";
import { uploadTemplateMedia } from "@loudhailer/core/templates/upload-template-media.ts";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AppDeps } from "../../app-deps.ts";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";
import { providerContextOf } from "../../http/provider-context.ts";
import { mediaForm, mediaFormBytesMax, receiveMedia } from "../../http/receive-media.ts";

const tags = ["Templates"];
const refusals = ["conflict", "refused_by_meta", "meta_unavailable"] as const;

export const templateRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  const contextOf = (request: FastifyRequest) => providerContextOf(request, deps);

  app.post(
    "/templates/sync",
    {
      config: { refusals: ["not_found", "conflict", "refused_by_meta", "meta_unavailable"] },
      schema: {
        tags,
        summary: "Bring the templates in line with Meta's",
        body: syncTemplatesBody.nullish(),
        response: { 200: templateSyncResult },
      },
    },
    (request) => syncTemplates(contextOf(request), request.body ?? {}),
  );

  app.get(
    "/templates",
    {
      schema: {
        tags,
        summary: "List the templates that Meta has now",
        querystring: listTemplatesQuery,
        response: { 200: templatePage },
      },
    },
    (request) => listTemplates(tenantOf(request), request.query),
  );

  app.post(
    "/templates",
    {
      config: { right: "manage", idempotent: true, refusals },
      schema: {
        tags,
        summary: "Hand a new template in for Meta's review",
        body: createTemplateBody,
        response: { 201: templateView },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => createTemplate(contextOf(request), request.body)),
  );

  app.get(
    "/templates/:id",
    {
      schema: {
        tags,
        summary: "Read one template with the slots to fill",
        params: idParams,
        response: { 200: templateView },
      },
    },
    (request) => getTemplate(tenantOf(request), request.params.id),
  );

  app.patch(
    "/templates/:id",
    {
      config: { right: "manage", refusals },
      schema: {
        tags,
        summary: "Edit a template at Meta, which reviews it anew",
        params: idParams,
        body: updateTemplateBody,
        response: { 200: templateView },
      },
    },
    (request) => updateTemplate(contextOf(request), request.params.id, request.body),
  );

  app.delete(
    "/templates/:id",
    {
      config: { right: "manage", refusals },
      schema: {
        tags,
        summary: "Delete a template at Meta; here it stays, marked",
        params: idParams,
        response: { 204: z.undefined().describe("Deleted") },
      },
    },
    (request) => deleteTemplate(contextOf(request), request.params.id),
  );

  app.post(
    "/templates/:id/preview",
    {
      config: { right: "read" },
      schema: {
        tags,
        summary: "Show the message, with variables that may be incomplete",
        params: idParams,
        body: previewTemplateBody,
        response: { 200: templatePreview },
      },
    },
    (request) => previewTemplate(tenantOf(request), request.params.id, request.body),
  );

  app.post(
    "/template-media",
    {
      bodyLimit: mediaFormBytesMax,
      config: { right: "manage", refusals },
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        summary: "Upload the example of a template's header; answers its handle",
        consumes: ["multipart/form-data"],
        body: mediaForm,
        response: { 200: templateMedia },
      },
    },
    (request) =>
      receiveMedia(request, ({ withFile }) =>
        withFile((file) => uploadTemplateMedia(contextOf(request), file)),
      ),
  );
};

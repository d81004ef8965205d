import { apiKeyPage, createApiKeyBody, createdApiKey } from "@loudhailer/contracts/accounts.ts";
import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import {
  issueApiKey,
  listApiKeys,
  revokeApiKey,
} from "@loudhailer/core/accounts/manage-api-keys.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";

const tags = ["Organization"];

export const apiKeyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/api-keys",
    {
      config: { right: "manage" },
      schema: {
        tags,
        summary: "List the API keys that work",
        querystring: pageQuery,
        response: { 200: apiKeyPage },
      },
    },
    (request) => listApiKeys(tenantOf(request), request.query),
  );

  app.post(
    "/api-keys",
    {
      config: { right: "manage", idempotent: true },
      schema: {
        tags,
        summary: "Make an API key; it is shown this once",
        body: createApiKeyBody,
        response: { 201: createdApiKey },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => issueApiKey(tenantOf(request), request.body), {
        keep: (body) => ({ ...body, apiKey: null }),
      }),
  );

  app.delete(
    "/api-keys/:id",
    {
      config: { right: "manage" },
      schema: {
        tags,
        summary: "Revoke an API key",
        params: idParams,
        response: { 204: z.undefined().describe("Revoked") },
      },
    },
    (request) => revokeApiKey(tenantOf(request), request.params.id),
  );
};

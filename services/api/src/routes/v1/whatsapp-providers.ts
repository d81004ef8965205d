import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import {
  connectProviderBody,
  providerCheck,
  providerList,
  providerDetail,
  providerWithWarnings,
  updateProviderBody,
} from "@loudhailer/contracts/providers.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { checkProvider } from "@loudhailer/core/providers/check-provider.ts";
import { connectProvider } from "@loudhailer/core/providers/connect-provider.ts";
import { deleteProvider } from "@loudhailer/core/providers/delete-provider.ts";
import { getProvider } from "@loudhailer/core/providers/get-provider.ts";
import { listProviders } from "@loudhailer/core/providers/list-providers.ts";
import { updateProvider } from "@loudhailer/core/providers/update-provider.ts";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AppDeps } from "../../app-deps.ts";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";
import { providerContextOf } from "../../http/provider-context.ts";

const tags = ["WhatsApp numbers"];

export const whatsappProviderRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  const contextOf = (request: FastifyRequest) => providerContextOf(request, deps);

  app.post(
    "/whatsapp-providers",
    {
      config: {
        right: "manage",
        idempotent: true,
        refusals: ["conflict", "refused_by_meta", "meta_unavailable"],
      },
      schema: {
        tags,
        summary: "Connect a WhatsApp number, once Meta has confirmed it",
        body: connectProviderBody,
        response: { 201: providerWithWarnings },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => connectProvider(contextOf(request), request.body)),
  );

  app.get(
    "/whatsapp-providers",
    {
      schema: {
        tags,
        summary: "List the connected numbers",
        querystring: pageQuery,
        response: { 200: providerList },
      },
    },
    (request) => listProviders(contextOf(request), request.query),
  );

  app.get(
    "/whatsapp-providers/:id",
    {
      schema: {
        tags,
        summary: "Read one number",
        params: idParams,
        response: { 200: providerDetail },
      },
    },
    (request) => getProvider(contextOf(request), request.params.id),
  );

  app.patch(
    "/whatsapp-providers/:id",
    {
      config: { right: "manage", refusals: ["conflict", "refused_by_meta", "meta_unavailable"] },
      schema: {
        tags,
        summary: "Change a number's access token, app secret or rate",
        params: idParams,
        body: updateProviderBody,
        response: { 200: providerWithWarnings },
      },
    },
    (request) => updateProvider(contextOf(request), request.params.id, request.body),
  );

  app.delete(
    "/whatsapp-providers/:id",
    {
      config: { right: "manage", refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Forget a number that has no broadcasts",
        params: idParams,
        response: { 204: z.undefined().describe("Forgotten") },
      },
    },
    (request) => deleteProvider(tenantOf(request), request.params.id),
  );

  app.post(
    "/whatsapp-providers/:id/check",
    {
      config: { right: "manage", refusals: ["conflict", "meta_unavailable"] },
      schema: {
        tags,
        summary: "Ask Meta about a number again",
        params: idParams,
        response: { 200: providerCheck },
      },
    },
    (request) => checkProvider(contextOf(request), request.params.id),
  );
};

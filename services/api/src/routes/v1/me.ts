import { me } from "@loudhailer/contracts/accounts.ts";
import { describeApiKey, describeUser } from "@loudhailer/core/accounts/describe-me.ts";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { AppDeps } from "../../app-deps.ts";
import { identifyBrowser, identifyKey } from "../../http/authenticate.ts";

/** Registers `/v1/me` outside of the other routes: it also answers without an organization. */
export const meRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  app.get(
    "/v1/me",
    {
      schema: {
        tags: ["Organization"],
        summary: "Say who asks, for which organization, and with which rights",
        response: { 200: me },
      },
    },
    (request) => describeCaller(deps, request),
  );
};

async function describeCaller(deps: AppDeps, request: FastifyRequest) {
  const { authorization } = request.headers;
  return authorization === undefined
    ? describeUser(deps.authDb, await identifyBrowser(deps, request))
    : describeApiKey(deps.authDb, await identifyKey(deps, authorization));
}

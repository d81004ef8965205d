import { settingsView, updateSettingsBody } from "@loudhailer/contracts/settings.ts";
import { getSettings } from "@loudhailer/core/organizations/get-settings.ts";
import { updateSettings } from "@loudhailer/core/organizations/update-settings.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";

const tags = ["Settings"];

export const settingsRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/settings",
    {
      schema: {
        tags,
        summary: "Read the organization's settings",
        response: { 200: settingsView },
      },
    },
    (request) => getSettings(tenantOf(request)),
  );

  app.patch(
    "/settings",
    {
      config: { right: "manage" },
      schema: {
        tags,
        summary: "Change stop words, start words, and what RED quality does",
        body: updateSettingsBody,
        response: { 200: settingsView },
      },
    },
    (request) => updateSettings(tenantOf(request), request.body),
  );
};

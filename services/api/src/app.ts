import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import { endConnections } from "@loudhailer/runtime/end-connections.ts";
import { healthRoutes } from "@loudhailer/runtime/health-routes.ts";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { defaultLimits, type AppDeps, type Limits } from "./app-deps.ts";
import { authenticate } from "./http/authenticate.ts";
import { handleError, handleFrameworkError, handleNotFound } from "./http/error-handler.ts";
import { handleClientError } from "./http/handle-client-error.ts";
import { setRequiredMessage } from "./http/set-required-message.ts";
import { observeRequests } from "./plugins/observe-requests.ts";
import { registerProtection } from "./plugins/protection.ts";
import { registerOpenApi, registerReferencePage } from "./plugins/reference.ts";
import { authRoutes } from "./routes/api/auth.ts";
import { apiKeyRoutes } from "./routes/v1/api-keys.ts";
import { audienceRoutes } from "./routes/v1/audiences.ts";
import { broadcastEventRoutes } from "./routes/v1/broadcast-events.ts";
import { broadcastRoutes } from "./routes/v1/broadcasts.ts";
import { contactImportRoutes } from "./routes/v1/contact-imports.ts";
import { contactJobRoutes } from "./routes/v1/contact-jobs.ts";
import { contactRoutes } from "./routes/v1/contacts.ts";
import { meRoutes } from "./routes/v1/me.ts";
import { mediaRoutes } from "./routes/v1/media.ts";
import { organizationRoutes } from "./routes/v1/organization.ts";
import { overviewRoutes } from "./routes/v1/overview.ts";
import { segmentRoutes } from "./routes/v1/segments.ts";
import { settingsRoutes } from "./routes/v1/settings.ts";
import { templateRoutes } from "./routes/v1/templates.ts";
import { whatsappProviderRoutes } from "./routes/v1/whatsapp-providers.ts";

/** Builds the HTTP API, ready to listen. Closing it closes none of `deps`. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const limits: Limits = { ...defaultLimits, ...deps.limits };
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app = fastify({
    loggerInstance,
    // Fastify's request lines contain the query string, which can hold a name or a phone number.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: deps.trustedProxies,
    bodyLimit: limits.jsonBytes,
    frameworkErrors: handleFrameworkError,
    clientErrorHandler: handleClientError,
    routerOptions: { maxParamLength: 200 },
  });
  endConnections(app);
  setRequiredMessage();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.decorateRequest("tenant", null);
  observeRequests(app, deps.metrics);
  await registerProtection(app, limits);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, handleNotFound);
  await registerOpenApi(app);
  await registerReferencePage(app);
  await app.register(healthRoutes, { metrics: deps.metrics, checks: deps.checks });
  await app.register(authRoutes, deps);
  await app.withTypeProvider<ZodTypeProvider>().register(meRoutes, deps);
  await app.register((v1) => registerV1(v1, deps, limits), { prefix: "/v1" });
  return app;
}

async function registerV1(app: FastifyInstance, deps: AppDeps, limits: Limits): Promise<void> {
  app.addHook("onRequest", async (request) => {
    request.tenant = await authenticate(deps, request);
  });
  // A route's schema names the one status of its success; the error handler sets all others.
  app.addHook("preHandler", async (request, reply) => {
    const [status] = Object.keys(request.routeOptions.schema?.response ?? {});
    if (status !== undefined) reply.code(Number(status));
  });
  await app.register(multipart);
  const v1 = app.withTypeProvider<ZodTypeProvider>();
  await v1.register(whatsappProviderRoutes, deps);
  await v1.register(templateRoutes, deps);
  await v1.register(mediaRoutes, deps);
  await v1.register(contactImportRoutes, limits);
  await v1.register(contactRoutes);
  await v1.register(contactJobRoutes);
  await v1.register(audienceRoutes);
  await v1.register(broadcastRoutes, deps);
  await v1.register(broadcastEventRoutes, deps);
  await v1.register(settingsRoutes);
  await v1.register(segmentRoutes);
  await v1.register(overviewRoutes);
  await v1.register(apiKeyRoutes);
  await v1.register(organizationRoutes);
}

import swagger from "@fastify/swagger";
import scalar from "@scalar/fastify-api-reference";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { describeOperation } from "./describe-operation.ts";
import { nameSchemas } from "./name-schemas.ts";

const description = `WhatsApp broadcasts on Meta's official Cloud API.

Authenticate with \`Authorization: Bearer <api key>\`, or with the dashboard's session cookie.
Lists take \`limit\` (at most 200) and \`cursor\`. Every POST that creates or launches honors
\`Idempotency-Key\`.`;

const tags = [
  "Organization",
  "WhatsApp numbers",
  "Templates",
  "Media",
  "Contacts",
  "Segments",
  "Broadcasts",
  "Overview",
  "Settings",
];

// Everything comes from this server: the page works without the internet and calls no other host.
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join(";");

/** Collects the routes that are registered afterwards into one OpenAPI document. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  nameSchemas();
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Loudhailer", version: "1", description },
      components: {
        securitySchemes: {
          apiKey: { type: "http", scheme: "bearer", description: "An organization's API key" },
          session: { type: "apiKey", in: "cookie", name: "loudhailer.session_token" },
        },
      },
      security: [{ apiKey: [] }, { session: [] }],
      tags: tags.map((name) => ({ name })),
    },
    transform: describeOperation,
    transformObject: jsonSchemaTransformObject,
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** Registers the reference page at /docs, with its script served from here. */
export async function registerReferencePage(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook("onSend", async (_request, reply) => {
      reply.header("content-security-policy", pagePolicy);
    });
    await scope.register(scalar, {
      routePrefix: "/docs",
      configuration: {
        url: "/openapi.json",
        pageTitle: "Loudhailer API",
        withDefaultFonts: false,
        telemetry: false,
        showDeveloperTools: "never",
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true },
      },
      logLevel: "silent",
    });
  });
}

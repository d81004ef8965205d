import { isVerifyTokenKnown } from "@loudhailer/core/webhook-events/is-verify-token-known.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { healthRoutes } from "@loudhailer/runtime/health-routes.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import type { Metrics } from "@loudhailer/runtime/metrics.ts";
import type { Keyring } from "@loudhailer/runtime/parse-encryption-keys.ts";
import { fastify, type FastifyInstance } from "fastify";
import type pg from "pg";
import { z } from "zod";
import { createEventWriter } from "./event-writer.ts";
import { handleErrors, sendError } from "./handle-errors.ts";
import { createProviderDirectory } from "./provider-directory.ts";
import { receiveWebhook, type ReceiveWebhook } from "./receive-webhook.ts";
import { createStatusWriter } from "./status-writer.ts";
import { UnavailableError } from "./webhook-errors.ts";
import { createWebhookMetrics, type WebhookMetrics } from "./webhook-metrics.ts";

// Meta's own limit of one POST.
const BODY_BYTES_MAX = 3 * 1024 * 1024;
const BODIES_BYTES_MAX = 64 * BODY_BYTES_MAX;
const REQUEST_MS_MAX = 30_000;

const PATH = "/webhooks/whatsapp";

export interface WebhookAppOptions {
  /** On the role loudhailer_engine. The caller ends it, after closing the app. */
  pool: pg.Pool;
  keyring: Keyring;
  platformAppSecret: string | undefined;
  log: Logger;
  metrics: Metrics;
}

/** The ingress for Meta; `close()` lets the requests in hand finish. */
export function buildApp(options: WebhookAppOptions): FastifyInstance {
  const { pool, keyring, platformAppSecret, log } = options;
  const db = createDb(pool);
  const metrics = createWebhookMetrics(options.metrics);
  const events = createEventWriter(db, metrics);
  const receive: ReceiveWebhook = {
    directory: createProviderDirectory({ db, keyring, platformAppSecret, log }),
    statuses: createStatusWriter({ pool, db }, events, metrics),
    events,
    metrics,
  };

  // No logger in Fastify: a child logger a request would cost as much as the request.
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    // What fails before a route is found, such as an address that can't be decoded.
    frameworkErrors: (_error, _request, reply) => void sendError(reply, "invalid_input"),
  });
  handleErrors(app, log);
  takeRawBodies(app);
  addHandshake(app, (token) => isVerifyTokenKnown(db, token));
  addIngress(app, receive, metrics);
  app.register(healthRoutes, {
    metrics: options.metrics,
    checks: { database: () => isVerifyTokenKnown(db, "") },
  });
  return app;
}

/** The signature is over the bytes as they came, whatever content type they claim. */
function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Meta's own type by name too: the catch-all costs a search on every request.
  for (const contentType of ["application/json", "*"]) {
    app.addContentTypeParser(contentType, { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
  }
}

const handshake = z.object({
  "hub.mode": z.literal("subscribe"),
  "hub.verify_token": z.string().min(1),
  "hub.challenge": z.string().min(1),
});

function addHandshake(app: FastifyInstance, isKnown: (token: string) => Promise<boolean>): void {
  app.get(PATH, async (request, reply) => {
    const query = handshake.safeParse(request.query);
    if (!query.success || !(await isKnown(query.data["hub.verify_token"]))) {
      return sendError(reply, "forbidden");
    }
    // Whoever knows a token chooses the text: no browser may take it for a page.
    return reply
      .header("x-content-type-options", "nosniff")
      .type("text/plain; charset=utf-8")
      .send(query.data["hub.challenge"]);
  });
}

function addIngress(app: FastifyInstance, receive: ReceiveWebhook, metrics: WebhookMetrics): void {
  let bodiesBytes = 0;

  app.post(
    PATH,
    {
      onResponse: (_request, reply, done) => {
        metrics.requests.inc({ status: reply.statusCode });
        metrics.requestSeconds.observe(reply.elapsedTime / 1000);
        done();
      },
    },
    async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (bodiesBytes + rawBody.byteLength > BODIES_BYTES_MAX) {
        throw new UnavailableError("Too many bodies are in hand already.");
      }
      bodiesBytes += rawBody.byteLength;
      try {
        const signature = request.headers["x-hub-signature-256"];
        await receiveWebhook(
          receive,
          rawBody,
          typeof signature === "string" ? signature : undefined,
        );
      } finally {
        bodiesBytes -= rawBody.byteLength;
      }
      return reply.code(200).send();
    },
  );
}

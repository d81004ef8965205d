import type { IncomingMessage } from "node:http";
import { isVerifyTokenKnown } from "@loudhailer/core/webhook-events/is-verify-token-known.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { endConnections } from "@loudhailer/runtime/end-connections.ts";
import { healthRoutes } from "@loudhailer/runtime/health-routes.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { Metrics } from "@loudhailer/runtime/metrics.ts";
import { fastify, type FastifyInstance } from "fastify";
import pLimit from "p-limit";
import type pg from "pg";
import { z } from "zod";
import { createBodyReader, ReadBody } from "./body-reader.ts";
import { handleErrors, sendError } from "./handle-errors.ts";
import { createProviderDirectory } from "./provider-directory.ts";
import { receiveWebhook, type ReceiveWebhook } from "./receive-webhook.ts";
import type { SeenProviders } from "./seen-providers.ts";
import { createWebhookMetrics, type WebhookMetrics } from "./webhook-metrics.ts";
import { createWriters } from "./writers.ts";

// 3 MB is Meta's own limit for one POST. A parsed body takes several times its bytes, and the
// service must stay within 200 MB.
const bodyLimits = {
  bytesMax: 3 * 1024 * 1024,
  smallBytes: 64 * 1024,
  largeBytesMax: 3 * 1024 * 1024,
  allBytesMax: 24 * 1024 * 1024,
  largeMsMax: 3_000,
};
const requestMsMax = 30_000;

const path = "/webhooks/whatsapp";

export interface WebhookAppOptions {
  /** Pool with the role loudhailer_engine. The caller ends it after closing the app. */
  pool: pg.Pool;
  keyring: Keyring;
  platformAppSecret: string | undefined;
  seen: Pick<SeenProviders, "add">;
  log: Log;
  metrics: Metrics;
}

/** Builds the ingress for Meta. `close()` gives requests in progress 5 s to finish. */
export function buildApp(options: WebhookAppOptions): FastifyInstance {
  const { pool, keyring, platformAppSecret, seen, log } = options;
  const db = createDb(pool);
  const metrics = createWebhookMetrics(options.metrics);
  const receive: ReceiveWebhook = {
    directory: createProviderDirectory({ db, keyring, platformAppSecret, log }),
    writers: createWriters({ pool, db }, metrics),
    seen,
    metrics,
    log,
  };

  // No logger in Fastify: a child logger for each request would cost as much as the request.
  const app = fastify({
    logger: false,
    requestTimeout: requestMsMax,
    // Answers errors that occur before routing, such as a URL that can't be decoded.
    frameworkErrors: (_error, _request, reply) => void sendError(reply, "invalid_input"),
  });
  endConnections(app);
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

/** Reads bodies as raw bytes, which the signature covers, whatever content type they declare. */
function takeRawBodies(app: FastifyInstance): void {
  const readBody = createBodyReader(bodyLimits);
  app.removeAllContentTypeParsers();
  // Meta's own content type is also named: the catch-all costs a search on every request.
  for (const contentType of ["application/json", "*"]) {
    app.addContentTypeParser(contentType, (_request: unknown, payload: IncomingMessage) =>
      readBody(payload),
    );
  }
  // Runs for every route, and also if the client has disconnected.
  app.addHook("onResponse", (request, _reply, done) => {
    if (request.body instanceof ReadBody) request.body.release();
    done();
  });
}

const handshake = z.object({
  "hub.mode": z.literal("subscribe"),
  "hub.verify_token": z.string().min(1),
  "hub.challenge": z.string().min(1),
});

function addHandshake(app: FastifyInstance, isKnown: (token: string) => Promise<boolean>): void {
  app.get(path, async (request, reply) => {
    const query = handshake.safeParse(request.query);
    if (!query.success || !(await isKnown(query.data["hub.verify_token"]))) {
      return sendError(reply, "forbidden");
    }
    // A client that knows a token chooses this text, so no browser may render it as a page.
    return reply
      .header("x-content-type-options", "nosniff")
      .type("text/plain; charset=utf-8")
      .send(query.data["hub.challenge"]);
  });
}

function addIngress(app: FastifyInstance, receive: ReceiveWebhook, metrics: WebhookMetrics): void {
  const inTurn = pLimit(1);

  app.post(
    path,
    {
      onResponse: (_request, reply, done) => {
        metrics.requests.inc({ status: reply.statusCode });
        metrics.requestSeconds.observe(reply.elapsedTime / 1000);
        done();
      },
    },
    async (request, reply) => {
      const rawBody = request.body instanceof ReadBody ? request.body.bytes : Buffer.alloc(0);
      const header = request.headers["x-hub-signature-256"];
      const signature = typeof header === "string" ? header : undefined;
      const work = () => receiveWebhook(receive, rawBody, signature);
      // Large bodies take turns: 3 MB of JSON become up to 45 MB of objects until their commit.
      await (rawBody.byteLength > bodyLimits.smallBytes ? inTurn(work) : work());
      return reply.code(200).send();
    },
  );
}

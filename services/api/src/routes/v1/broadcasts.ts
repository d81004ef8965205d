import {
  broadcastPage,
  broadcastView,
  createBroadcastBody,
  failureList,
  listBroadcastsQuery,
  listRecipientsQuery,
  recipientPage,
  scheduleBroadcastBody,
} from "@loudhailer/contracts/broadcasts.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { cancelBroadcast } from "@loudhailer/core/broadcasts/cancel-broadcast.ts";
import { createBroadcast } from "@loudhailer/core/broadcasts/create-broadcast.ts";
import { getBroadcast } from "@loudhailer/core/broadcasts/get-broadcast.ts";
import { launchBroadcast } from "@loudhailer/core/broadcasts/launch-broadcast.ts";
import { listBroadcasts } from "@loudhailer/core/broadcasts/list-broadcasts.ts";
import { listFailures } from "@loudhailer/core/broadcasts/list-failures.ts";
import { listRecipients } from "@loudhailer/core/broadcasts/list-recipients.ts";
import { pauseBroadcast } from "@loudhailer/core/broadcasts/pause-broadcast.ts";
import { resendUnknown } from "@loudhailer/core/broadcasts/resend-unknown.ts";
import { resumeBroadcast } from "@loudhailer/core/broadcasts/resume-broadcast.ts";
import { retryFailed } from "@loudhailer/core/broadcasts/retry-failed.ts";
import { scheduleBroadcast } from "@loudhailer/core/broadcasts/schedule-broadcast.ts";
import type { TenantContext } from "@loudhailer/core/tenant-context.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";
import { errorResponses } from "../../http/error-responses.ts";
import { idempotently } from "../../http/idempotently.ts";

const tags = ["Broadcasts"];

/** The verbs that move a broadcast from one state to the next. */
const moves = [
  { verb: "launch", summary: "Send a draft or scheduled broadcast now", move: launchBroadcast },
  { verb: "pause", summary: "Stop sending for now", move: pauseBroadcast },
  { verb: "resume", summary: "Go on sending", move: resumeBroadcast },
  { verb: "cancel", summary: "Stop sending for good", move: cancelBroadcast },
  { verb: "retry-failed", summary: "Send again to those who failed", move: retryFailed },
  {
    verb: "resend-unknown",
    summary: "Send again where nobody knows whether the message left; some may get it twice",
    move: resendUnknown,
  },
] as const;

async function readFailures(ctx: TenantContext, broadcastId: string) {
  return { items: await listFailures(ctx, broadcastId) };
}

export const broadcastRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/broadcasts",
    {
      schema: {
        tags,
        summary: "Create a draft, or schedule a broadcast",
        body: createBroadcastBody,
        response: { 201: broadcastView, ...errorResponses },
      },
    },
    (request, reply) =>
      idempotently(request, reply, {
        status: 201,
        schema: broadcastView,
        work: () => createBroadcast(tenantOf(request), request.body),
      }),
  );

  app.get(
    "/broadcasts",
    {
      schema: {
        tags,
        summary: "List broadcasts, newest first",
        querystring: listBroadcastsQuery,
        response: { 200: broadcastPage, ...errorResponses },
      },
    },
    (request) => listBroadcasts(tenantOf(request), request.query),
  );

  app.get(
    "/broadcasts/:id",
    {
      schema: {
        tags,
        summary: "Read one broadcast and its counters",
        params: idParams,
        response: { 200: broadcastView, ...errorResponses },
      },
    },
    (request) => getBroadcast(tenantOf(request), request.params.id),
  );

  for (const { verb, summary, move } of moves) {
    app.post(
      `/broadcasts/:id/${verb}`,
      {
        schema: {
          tags,
          summary,
          params: idParams,
          response: { 202: broadcastView, ...errorResponses },
        },
      },
      (request, reply) =>
        idempotently(request, reply, {
          status: 202,
          schema: broadcastView,
          work: () => move(tenantOf(request), request.params.id),
        }),
    );
  }

  app.post(
    "/broadcasts/:id/schedule",
    {
      schema: {
        tags,
        summary: "Send a draft at a moment to come, or a scheduled broadcast at another one",
        params: idParams,
        body: scheduleBroadcastBody,
        response: { 202: broadcastView, ...errorResponses },
      },
    },
    (request, reply) =>
      idempotently(request, reply, {
        status: 202,
        schema: broadcastView,
        work: () =>
          scheduleBroadcast(tenantOf(request), request.params.id, request.body.scheduledAt),
      }),
  );

  app.get(
    "/broadcasts/:id/recipients",
    {
      schema: {
        tags,
        summary: "List what became of each recipient",
        params: idParams,
        querystring: listRecipientsQuery,
        response: { 200: recipientPage, ...errorResponses },
      },
    },
    (request) =>
      listRecipients(tenantOf(request), { ...request.query, broadcastId: request.params.id }),
  );

  app.get(
    "/broadcasts/:id/failures",
    {
      schema: {
        tags,
        summary: "Count those who weren't reached, by reason",
        params: idParams,
        response: { 200: failureList, ...errorResponses },
      },
    },
    (request) => readFailures(tenantOf(request), request.params.id),
  );
};

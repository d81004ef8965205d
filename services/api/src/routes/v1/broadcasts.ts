import {
  broadcastPage,
  broadcastTimeline,
  broadcastView,
  createBroadcastBody,
  exportRecipientsQuery,
  failureList,
  listBroadcastsQuery,
  listRecipientsQuery,
  preflight,
  recipientPage,
  retargetBroadcastBody,
  scheduleBroadcastBody,
  testBroadcastBody,
  testSend,
  updateBroadcastBody,
} from "@loudhailer/contracts/broadcasts.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { cancelBroadcast } from "@loudhailer/core/broadcasts/cancel-broadcast.ts";
import {
  duplicateBroadcast,
  retargetBroadcast,
} from "@loudhailer/core/broadcasts/copy-broadcast.ts";
import { createBroadcast } from "@loudhailer/core/broadcasts/create-broadcast.ts";
import { deleteBroadcast } from "@loudhailer/core/broadcasts/delete-broadcast.ts";
import { exportRecipients } from "@loudhailer/core/broadcasts/export-recipients.ts";
import { getBroadcast } from "@loudhailer/core/broadcasts/get-broadcast.ts";
import { launchBroadcast } from "@loudhailer/core/broadcasts/launch-broadcast.ts";
import { listBroadcasts } from "@loudhailer/core/broadcasts/list-broadcasts.ts";
import { listFailures } from "@loudhailer/core/broadcasts/list-failures.ts";
import { listRecipients } from "@loudhailer/core/broadcasts/list-recipients.ts";
import { pauseBroadcast } from "@loudhailer/core/broadcasts/pause-broadcast.ts";
import { preflightBroadcast } from "@loudhailer/core/broadcasts/preflight-broadcast.ts";
import { readTimeline } from "@loudhailer/core/broadcasts/read-timeline.ts";
import { resendUnknown } from "@loudhailer/core/broadcasts/resend-unknown.ts";
import { resumeBroadcast } from "@loudhailer/core/broadcasts/resume-broadcast.ts";
import { retryFailed } from "@loudhailer/core/broadcasts/retry-failed.ts";
import { scheduleBroadcast } from "@loudhailer/core/broadcasts/schedule-broadcast.ts";
import { testBroadcast } from "@loudhailer/core/broadcasts/test-broadcast.ts";
import { unscheduleBroadcast } from "@loudhailer/core/broadcasts/unschedule-broadcast.ts";
import { updateBroadcast } from "@loudhailer/core/broadcasts/update-broadcast.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AppDeps } from "../../app-deps.ts";
import { tenantOf } from "../../http/authenticate.ts";
import { csvResponse } from "../../http/csv-response.ts";
import { idempotently } from "../../http/idempotently.ts";
import { providerContextOf } from "../../http/provider-context.ts";
import { sendCsv } from "../../http/send-csv.ts";

const tags = ["Broadcasts"];

/** Verbs without a body that move a broadcast to another state or copy it. */
const moves = [
  { verb: "launch", summary: "Send a draft or scheduled broadcast now", move: launchBroadcast },
  {
    verb: "unschedule",
    summary: "Make a draft of a scheduled one again",
    move: unscheduleBroadcast,
  },
  { verb: "pause", summary: "Stop sending for now", move: pauseBroadcast },
  { verb: "resume", summary: "Go on sending", move: resumeBroadcast },
  { verb: "cancel", summary: "Stop sending for good", move: cancelBroadcast },
  {
    verb: "duplicate",
    summary: "Make a new draft with the same content",
    move: duplicateBroadcast,
  },
  { verb: "retry-failed", summary: "Send again to those who failed", move: retryFailed },
  {
    verb: "resend-unknown",
    summary: "Send again where nobody knows whether the message left; some may get it twice",
    move: resendUnknown,
  },
] as const;

const refusals = ["conflict", "broadcast_not_sendable", "template_not_approved"] as const;

export const broadcastRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  app.post(
    "/broadcasts",
    {
      config: { idempotent: true, refusals },
      schema: {
        tags,
        summary: "Create a draft, or schedule a broadcast",
        body: createBroadcastBody,
        response: { 201: broadcastView },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => createBroadcast(tenantOf(request), request.body)),
  );

  app.get(
    "/broadcasts",
    {
      schema: {
        tags,
        summary: "List broadcasts, newest first",
        querystring: listBroadcastsQuery,
        response: { 200: broadcastPage },
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
        response: { 200: broadcastView },
      },
    },
    (request) => getBroadcast(tenantOf(request), request.params.id),
  );

  app.patch(
    "/broadcasts/:id",
    {
      config: { refusals },
      schema: {
        tags,
        summary: "Change a draft or a scheduled broadcast",
        params: idParams,
        body: updateBroadcastBody,
        response: { 200: broadcastView },
      },
    },
    (request) => updateBroadcast(tenantOf(request), request.params.id, request.body),
  );

  app.delete(
    "/broadcasts/:id",
    {
      config: { refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Delete a draft or a scheduled broadcast",
        params: idParams,
        response: { 204: z.undefined().describe("Deleted") },
      },
    },
    (request) => deleteBroadcast(tenantOf(request), request.params.id),
  );

  app.post(
    "/broadcasts/:id/preflight",
    {
      config: { refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Say what launching would do: recipients, skipped, duration, limits, samples",
        params: idParams,
        response: { 200: preflight },
      },
    },
    (request) => preflightBroadcast(tenantOf(request), request.params.id),
  );

  app.post(
    "/broadcasts/:id/test",
    {
      config: {
        idempotent: true,
        refusals: [...refusals, "refused_by_meta", "meta_unavailable"],
      },
      schema: {
        tags,
        summary: "Send the message to one number now, outside of the audience",
        params: idParams,
        body: testBroadcastBody,
        response: { 202: testSend },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () =>
        testBroadcast(providerContextOf(request, deps), request.params.id, request.body),
      ),
  );

  app.post(
    "/broadcasts/:id/retarget",
    {
      config: { idempotent: true, refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Make a draft for those who were not delivered to, didn't read or didn't reply",
        params: idParams,
        body: retargetBroadcastBody,
        response: { 201: broadcastView },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () =>
        retargetBroadcast(tenantOf(request), request.params.id, request.body),
      ),
  );

  for (const { verb, summary, move } of moves) {
    app.post(
      `/broadcasts/:id/${verb}`,
      {
        config: { idempotent: true, refusals: ["invalid_input", ...refusals] },
        schema: {
          tags,
          summary,
          params: idParams,
          response: { 202: broadcastView },
        },
      },
      (request, reply) =>
        idempotently(request, reply, () => move(tenantOf(request), request.params.id)),
    );
  }

  app.post(
    "/broadcasts/:id/schedule",
    {
      config: { idempotent: true, refusals },
      schema: {
        tags,
        summary: "Send a draft at a moment to come, or a scheduled broadcast at another one",
        params: idParams,
        body: scheduleBroadcastBody,
        response: { 202: broadcastView },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () =>
        scheduleBroadcast(tenantOf(request), request.params.id, request.body),
      ),
  );

  app.get(
    "/broadcasts/:id/recipients",
    {
      schema: {
        tags,
        summary: "List what became of each recipient",
        params: idParams,
        querystring: listRecipientsQuery,
        response: { 200: recipientPage },
      },
    },
    (request) =>
      listRecipients(tenantOf(request), { ...request.query, broadcastId: request.params.id }),
  );

  app.get(
    "/broadcasts/:id/timeline",
    {
      schema: {
        tags,
        summary: "Count what was sent, delivered, read and failed over time",
        params: idParams,
        response: { 200: broadcastTimeline },
      },
    },
    (request) => readTimeline(tenantOf(request), request.params.id),
  );

  app.get(
    "/broadcasts/:id/recipients.csv",
    {
      schema: {
        tags,
        summary: "Download what became of each recipient",
        params: idParams,
        querystring: exportRecipientsQuery,
        response: { 200: csvResponse("The recipients") },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const text = await exportRecipients(tenantOf(request), id, request.query);
      return sendCsv(reply, `recipients-${id}.csv`, text);
    },
  );

  app.get(
    "/broadcasts/:id/failures",
    {
      schema: {
        tags,
        summary: "Count those who weren't reached, by reason",
        params: idParams,
        response: { 200: failureList },
      },
    },
    (request) => listFailures(tenantOf(request), request.params.id).then((items) => ({ items })),
  );
};

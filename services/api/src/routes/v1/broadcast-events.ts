import { PassThrough } from "node:stream";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { getBroadcast } from "@loudhailer/core/broadcasts/get-broadcast.ts";
import { openProgressHub } from "@loudhailer/core/broadcasts/progress-hub.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AppDeps } from "../../app-deps.ts";
import { authenticate, tenantOf } from "../../http/authenticate.ts";

const watchersMax = 200;
/**
 * Milliseconds between keep-alive comments: proxies close a connection that is silent for a minute.
 * Each also checks that the session or API key is still valid.
 */
const keepAliveMs = 20_000;
/** Unread bytes above which events to a client are skipped, since only the latest one matters. */
const unreadBytesMax = 64 * 1024;

export const broadcastEventRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  const hub = openProgressHub();
  const streams = new Set<PassThrough>();
  // Runs before the server waits for open connections to end.
  app.addHook("preClose", async () => {
    hub.close();
    for (const stream of streams) stream.end();
  });

  app.get(
    "/broadcasts/:id/events",
    {
      schema: {
        tags: ["Broadcasts"],
        summary: "Watch a broadcast: server-sent events named progress, each with the broadcast",
        params: idParams,
        response: {
          200: {
            description: "`event: progress`, `data:` the broadcast as JSON, whenever it changes",
            content: { "text/event-stream": { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const ctx = tenantOf(request);
      const { id } = request.params;
      await getBroadcast(ctx, id);
      if (hub.watchers(ctx.organizationId) >= watchersMax) {
        throw new DomainError("rate_limited", "Too many watch broadcasts already; close some.");
      }
      const stream = new PassThrough();
      streams.add(stream);
      let events = 0;
      stream.write("retry: 2000\n\n");
      const unwatch = hub.watch(ctx, id, {
        onProgress: (broadcast) => {
          if (stream.writableLength > unreadBytesMax) return;
          events += 1;
          stream.write(`event: progress\nid: ${events}\ndata: ${JSON.stringify(broadcast)}\n\n`);
        },
        onGone: () => stream.end(),
      });
      const keepAlive = setInterval(() => {
        if (stream.writableLength <= unreadBytesMax) stream.write(": still here\n\n");
        authenticate(deps, request).catch(() => stream.end());
      }, keepAliveMs);
      stream.once("close", () => {
        clearInterval(keepAlive);
        unwatch();
        streams.delete(stream);
      });
      void reply
        .type("text/event-stream; charset=utf-8")
        .header("cache-control", "no-cache, no-transform")
        .header("x-accel-buffering", "no");
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type provider types the text, not a stream of it
      return reply.send(stream as never);
    },
  );
};

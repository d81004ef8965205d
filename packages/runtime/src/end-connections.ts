import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

// Less than the 12 s that a service has to stop.
const answerMsLimit = 5_000;

/**
 * Makes `app.close()` close connections instead of waiting for them without limit. Connections that
 * sent no complete request headers close immediately (browsers and load balancers open connections
 * ahead of time). Connections with a request that is still being received or answered close after
 * `answerMsMax`.
 */
export function endConnections(
  app: FastifyInstance,
  { answerMsMax = answerMsLimit }: { answerMsMax?: number } = {},
): void {
  const { server } = app;
  const unused = new Set<Socket>();
  server.on("connection", (socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  app.addHook("preClose", async () => {
    for (const socket of unused) socket.destroy();
    setTimeout(() => server.closeAllConnections(), answerMsMax).unref();
  });
}

import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

// Within the 12 s that a service has to stop.
const answerMsLimit = 5_000;

/**
 * `app.close()` waits for open connections, however long they stay open. With this it ends at once
 * those on which no request has arrived (browsers and load balancers open them ahead of time), and
 * after `answerMsMax` those on which a request is still being received or answered.
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

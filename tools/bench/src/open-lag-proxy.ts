import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { portOf } from "./port-of.ts";

/** A TCP proxy that delays what the server sends, so that a replica falls behind. */
export interface LagProxy {
  port: number;
  /** Sets how late the server's bytes arrive from now on. It must not become shorter. */
  delay(ms: number): void;
  /** Breaks all connections, loses what is still under way, and refuses new connections. */
  discard(): void;
}

export async function openLagProxy(targetPort: number): Promise<LagProxy> {
  const sockets = new Set<Socket>();
  let lagMs = 0;
  let isDiscarded = false;
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    // Timers of one length fire in the order in which they were set.
    upstream.on("data", (chunk) => {
      setTimeout(() => {
        if (!isDiscarded) client.write(chunk);
      }, lagMs);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    delay(ms) {
      lagMs = ms;
    },
    discard() {
      isDiscarded = true;
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

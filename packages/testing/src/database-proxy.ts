import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A proxy in front of the real PostgreSQL that can break connections to it. */
export interface DatabaseProxy {
  /** The database's URL through the proxy. */
  url: string;
  /** Breaks all connections. New ones work. */
  cut(): void;
  /** Breaks all connections and refuses new ones until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export async function openDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  function pass(client: Socket): void {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  }

  async function open(): Promise<void> {
    server = createServer(pass).listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address !== "string") port = address.port;
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  async function close(): Promise<void> {
    const closing = server;
    if (!closing) return;
    server = undefined;
    closing.close();
    cut();
    await once(closing, "close");
  }

  await open();
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return { url: url.href, cut, close, open };
}

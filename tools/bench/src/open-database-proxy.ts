import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { portOf } from "./port-of.ts";

/** A TCP proxy in front of PostgreSQL, which can change servers and break connections. */
export interface DatabaseProxy {
  port: number;
  /** Breaks all connections. New ones go to `port`. */
  switchTo(port: number): void;
  /**
   * Cuts the connections whose startup message contains `name`, and returns how many: nothing is
   * forwarded for `silentMs`, then the client gets a reset. The server learns of it `serverMs`
   * later, and until then finishes what it was asked to do. New connections work at once.
   */
  cut(name: string, limits: { silentMs: number; serverMs: number }): number;
  close(): void;
}

interface Link {
  client: Socket;
  upstream: Socket;
  /** First bytes that the client sent. They contain its application_name. */
  startup: string;
  isCut: boolean;
}

export async function openDatabaseProxy(firstPort: number): Promise<DatabaseProxy> {
  const links = new Set<Link>();
  let target = firstPort;
  const server = createServer((client) => pass(client)).listen(0, "127.0.0.1");
  await once(server, "listening");

  function pass(client: Socket): void {
    const upstream = connect(target, "127.0.0.1");
    const link: Link = { client, upstream, startup: "", isCut: false };
    links.add(link);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        links.delete(link);
        if (!link.isCut) breakLink(link);
      });
    }
    client.once("data", (chunk) => {
      link.startup = chunk.toString("latin1");
      upstream.write(chunk);
      client.pipe(upstream).pipe(client);
    });
  }

  return {
    port: portOf(server),
    switchTo(port) {
      target = port;
      for (const link of links) breakLink(link);
    },
    cut(name, { silentMs, serverMs }) {
      const found = [...links].filter((link) => !link.isCut && link.startup.includes(name));
      for (const link of found) {
        const { client, upstream } = link;
        link.isCut = true;
        client.unpipe(upstream);
        upstream.unpipe(client);
        for (const socket of [client, upstream]) socket.pause();
        setTimeout(() => client.resetAndDestroy(), silentMs);
        setTimeout(() => upstream.resetAndDestroy(), silentMs + serverMs);
      }
      return found.length;
    },
    close() {
      server.close();
      for (const link of links) breakLink(link);
    },
  };
}

function breakLink({ client, upstream }: Link): void {
  for (const socket of [client, upstream]) socket.resetAndDestroy();
}

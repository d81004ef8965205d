import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { databaseAddress, isDatabaseUrl } from "./database-address.ts";
import { StartError } from "./start-error.ts";
import { waitForDatabase } from "./wait-for-database.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function knock(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

function withCode(code: string): Error {
  return Object.assign(new Error("refused for pa55"), { code });
}

test("waitForDatabase resolves when the database starts late", async () => {
  const port = await freePort();
  const server = createServer();
  let knocks = 0;
  const waiting = waitForDatabase({
    databaseUrl: `postgres://u:pa55@127.0.0.1:${port}/x`,
    ping: () => {
      knocks += 1;
      if (knocks === 2) server.listen(port, "127.0.0.1");
      return knock(port);
    },
  });
  await expect(waiting).resolves.toBeUndefined();
  server.close();
});

test("waitForDatabase names an unreachable database by host and port, without its password", async () => {
  const port = await freePort();
  const waiting = waitForDatabase({
    databaseUrl: `postgres://u:pa55@127.0.0.1:${port}/x`,
    ping: () => knock(port),
    timeoutMs: 600,
  });
  const error: unknown = await waiting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StartError);
  expect(String(error)).toContain(`127.0.0.1:${port} did not answer`);
  expect(String(error)).toContain("nothing listens there");
  expect(String(error)).not.toContain("pa55");
});

test("waitForDatabase rejects in time when the database accepts a connection but never answers", async () => {
  const startedAtMs = performance.now();
  const waiting = waitForDatabase({
    databaseUrl: "postgres://u:pa55@10.0.0.9/x",
    ping: () => new Promise(() => undefined),
    timeoutMs: 300,
  });
  await expect(waiting).rejects.toThrow("10.0.0.9:5432 did not answer");
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

test.each([
  ["28P01", "refuses the user or password"],
  ["3D000", "no database of the name"],
  ["42P01", "Run ./loudhailer migrate"],
  ["22023", "Run ./loudhailer migrate"],
])(
  "waitForDatabase rejects immediately on an error that waiting can't fix (%s)",
  async (code, words) => {
    let pings = 0;
    const waiting = waitForDatabase({
      databaseUrl: "postgres://u:pa55@db.internal:6543/x",
      ping: () => {
        pings += 1;
        return Promise.reject(withCode(code));
      },
    });
    await expect(waiting).rejects.toThrow(words);
    expect(pings).toBe(1);
  },
);

test("databaseAddress returns host and port, an IPv6 host, or a socket's folder", () => {
  expect(databaseAddress("postgres:///x?host=/var/run/postgresql")).toBe("/var/run/postgresql");
  expect(databaseAddress("postgres://u:p@[::1]:5433/x")).toBe("[::1]:5433");
  expect(databaseAddress("postgres:///x")).toBe("localhost:5432");
});

test("isDatabaseUrl rejects a URL whose password could be taken for another part", () => {
  const good = [
    "postgres://u:p@127.0.0.1/x",
    "postgresql://u:a%2Fb%40@db:6543/x?sslmode=require",
    "postgres:///x?host=/var/run/postgresql",
  ];
  const bad = [
    "postgres:pwLEAK@127.0.0.1/x",
    "postgres:/u:pwLEAK@127.0.0.1/x",
    "postgres:///x",
    "postgres://u:12/pwLEAK@127.0.0.1/x",
    "postgres://u:12?pwLEAK@127.0.0.1/x",
    "postgres://u:12#pwLEAK@127.0.0.1/x",
    "mysql://u:p@127.0.0.1/x",
  ];
  expect(good.filter((url) => !isDatabaseUrl(url))).toEqual([]);
  expect(bad.filter(isDatabaseUrl)).toEqual([]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { expect, test } from "vitest";

const { databaseUrl } = await useTestDatabase();
const main = fileURLToPath(new URL("main.ts", import.meta.url));

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
      LISTEN_HOST: "127.0.0.1",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const listening = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const address = /"address":"([^"]+)"/.exec(chunk.toString())?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const exited = once(child, "exit").then(([code]: unknown[]) => code);
  return { child, listening, ended: Promise.all([exited, text(child.stderr)]) };
}

test("the process serves requests and exits with 0 on SIGTERM while a client is connected", async () => {
  const { child, listening, ended } = start({ WEBHOOK_PORT: "0" });
  const { hostname, port } = new URL(await listening);
  const unused = connect(Number(port), hostname).on("error", () => undefined);
  await once(unused, "connect");
  // Connections are accepted in order: once this one is answered, the unused one is accepted too.
  const response = await fetch(`${await listening}/readyz`);
  expect(await response.json()).toEqual({ status: "ready", checks: { database: "ok" } });
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, ""]);
});

test("the process exits with 1 and a clear message when the port is in use, a key or the database is missing", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;

  const [portCode, portWords] = await start({ WEBHOOK_PORT: String(port) }).ended;
  expect(portCode).toBe(1);
  expect(portWords).toContain(`Port ${port} is in use by another program.`);

  const [keyCode, keyWords] = await start({ ENCRYPTION_KEYS: "" }).ended;
  expect(keyCode).toBe(1);
  expect(keyWords).toContain("ENCRYPTION_KEYS is not set");

  const wrong = new URL(databaseUrl);
  wrong.pathname = "/no_such_database";
  const [databaseCode, databaseWords] = await start({ DATABASE_URL: wrong.href }).ended;
  expect(databaseCode).toBe(1);
  expect(databaseWords).toContain("has no database of the name in DATABASE_URL");
  server.close();
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { fastify } from "fastify";
import { afterEach, expect, test } from "vitest";
import { endConnections } from "./end-connections.ts";

const sockets: Socket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

async function serve(answerMsMax: number) {
  const app = fastify();
  endConnections(app, { answerMsMax });
  const answer = Promise.withResolvers<string>();
  let asked = 0;
  app.get("/", () => {
    asked += 1;
    return answer.promise;
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  async function open(text: string) {
    const socket = connect(Number(url.port), url.hostname).on("error", () => undefined);
    sockets.push(socket);
    let received = "";
    socket.on("data", (chunk) => (received += String(chunk)));
    await once(socket, "connect");
    socket.write(text);
    return { socket, received: () => received };
  }
  return { app, open, answer, isAsked: () => asked > 0 };
}

const request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

test("a server closes without waiting for a connection that sent no complete request", async () => {
  const { app, open, isAsked, answer } = await serve(3_600_000);
  const { socket } = await open("");
  await open("GET / HTTP/1.1\r\nhos");
  // The server accepts in order, so the earlier connections are established too.
  await open(request);
  await eventually(isAsked);
  answer.resolve("done");
  await app.close();
  await eventually(() => socket.destroyed);
  expect(app.server.listening).toBe(false);
});

test("a server answers a request in progress before it closes the connection", async () => {
  const { app, open, isAsked, answer } = await serve(3_600_000);
  const { socket, received } = await open(request);
  await eventually(isAsked);
  const closed = app.close();
  answer.resolve("done");
  await Promise.all([closed, once(socket, "close")]);
  expect(received()).toMatch(/^HTTP\/1\.1 200 .*done$/s);
});

test("a server closes the connection when a request isn't answered in time", async () => {
  const { app, open, isAsked } = await serve(50);
  const { socket, received } = await open(request);
  await eventually(isAsked);
  await Promise.all([app.close(), once(socket, "close")]);
  expect(received()).toBe("");
});

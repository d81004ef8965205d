import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterAll, expect, test } from "vitest";
import { createBodyReader, type ReadBody } from "./body-reader.ts";
import { BodyTooLargeError } from "./webhook-errors.ts";

const readBody = createBodyReader({
  bytesMax: 1_000,
  smallBytes: 100,
  largeBytesMax: 1_000,
  allBytesMax: 1_500,
  largeMsMax: 200,
});
const held: ReadBody[] = [];
const server = createServer((request, response) => void echo(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    held.push(body);
    response.end(body.bytes);
  } catch (error) {
    response.writeHead(error instanceof BodyTooLargeError ? 413 : 503).end();
  }
}

/** Posts a body of `bytes` and returns the status and the number of bytes that came back. */
async function post(bytes: number): Promise<[status: number, bytes: number]> {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const body = "x".repeat(bytes);
  const answer = await fetch(`http://127.0.0.1:${address.port}`, { method: "POST", body });
  return [answer.status, (await answer.text()).length];
}

function releaseAll(): void {
  for (const body of held.splice(0)) {
    body.release();
    body.release();
  }
}

test("a body counts against the limits until it is released, even after its request has ended", async () => {
  expect(await post(900)).toEqual([200, 900]);
  expect(await post(900)).toEqual([503, 0]);
  expect(await post(300)).toEqual([200, 300]);
  expect(await post(150)).toEqual([503, 0]);
  releaseAll();
  expect(await post(1_000)).toEqual([200, 1_000]);
  expect(await post(1_000)).toEqual([503, 0]);
  releaseAll();
});

test("small bodies are accepted while a large one is held, and oversized ones never are", async () => {
  expect(await post(1_000)).toEqual([200, 1_000]);
  expect(await post(100)).toEqual([200, 100]);
  expect(await post(1_001)).toEqual([413, 0]);
  for (let n = 0; n < 4; n++) expect(await post(100)).toEqual([200, 100]);
  // Refused, because the limit for all bodies together is reached.
  expect(await post(100)).toEqual([503, 0]);
  releaseAll();
  expect(await post(1_001)).toEqual([413, 0]);
});

test("a large body that stalls is refused and frees its share", async () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = connect(address.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 950\r\n\r\n");
  socket.write("x".repeat(940));
  const [answer]: Buffer[] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 503 /);
  socket.destroy();
  expect(await post(1_000)).toEqual([200, 1_000]);
  releaseAll();
});

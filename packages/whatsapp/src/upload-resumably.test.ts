import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createGraphClient } from "./graph-client.ts";
import { GraphUnavailableError } from "./graph-error.ts";
import { startHttpServer } from "./testing/start-server.ts";
import { uploadResumably } from "./upload-resumably.ts";

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close();
});

/**
 * Starts an upload server like Meta's that breaks the first `cuts` connections, each after it has
 * received `kept` more bytes.
 */
async function startUploads(cuts: number, kept: number) {
  const received: Buffer[] = [];
  const seen: string[] = [];
  let left = cuts;
  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const { method, url = "", headers } = request;
    const offset = headers["file_offset"];
    seen.push(`${method} ${decodeURIComponent(url)} ${headers.authorization} ${String(offset)}`);
    if (url.includes("/uploads?")) {
      response.end(JSON.stringify({ id: "upload:MTph?sig=ARZ" }));
    } else if (method === "GET") {
      response.end(JSON.stringify({ file_offset: Buffer.concat(received).length }));
    } else if (left > 0) {
      left -= 1;
      received.push(body.subarray(0, kept));
      response.destroy();
    } else {
      received.push(body);
      response.end(JSON.stringify({ h: "4::aW" }));
    }
  };
  const server = await startHttpServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, Buffer.concat(parts), response));
  });
  closes.push(() => server.close());
  const client = createGraphClient({ baseUrl: server.url, version: "v25.0" });
  closes.push(() => client.close());
  return { client, seen, received };
}

const bytes = Buffer.from("a picture of nine hundred bytes ".repeat(30));
const file = {
  appId: "77",
  fileName: "Frühling.png",
  fileType: "image/png",
  bytes,
  accessToken: "EAAt",
};

test("resumes after a broken connection and sends no received byte twice", async () => {
  const { client, seen, received } = await startUploads(2, 100);
  expect(await uploadResumably(client, file)).toBe("4::aW");
  expect(Buffer.concat(received).equals(bytes)).toBe(true);
  expect(seen).toEqual([
    `POST /v25.0/77/uploads?file_name=Frühling.png&file_length=${bytes.length}&file_type=image/png Bearer EAAt undefined`,
    "POST /v25.0/upload:MTph?sig=ARZ OAuth EAAt 0",
    "GET /v25.0/upload:MTph?sig=ARZ OAuth EAAt undefined",
    "POST /v25.0/upload:MTph?sig=ARZ OAuth EAAt 100",
    "GET /v25.0/upload:MTph?sig=ARZ OAuth EAAt undefined",
    "POST /v25.0/upload:MTph?sig=ARZ OAuth EAAt 200",
  ]);
});

test("gives up after three attempts when the connection always breaks", async () => {
  const { client, seen } = await startUploads(99, 0);
  await expect(uploadResumably(client, file)).rejects.toThrow(GraphUnavailableError);
  expect(seen.filter((line) => line.includes("OAuth EAAt 0"))).toHaveLength(3);
});

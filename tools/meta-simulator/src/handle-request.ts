import type { IncomingMessage, ServerResponse } from "node:http";
import { GraphFailure, unknownObject } from "./graph/graph-error.ts";
import { replyFailure, replyJson, type Reply } from "./graph/reply.ts";
import { routeGraph } from "./routes/route-graph.ts";
import { routeOwn } from "./routes/route-own.ts";
import { sendMessage } from "./routes/send-message.ts";
import type { SimulatorState } from "./state.ts";

const jsonBodyMax = 1024 * 1024;
const mediaBodyMax = 101 * 1024 * 1024;

const sendPath = /^\/v\d+\.\d+\/(\d+)\/messages$/;
const graphPath = /^\/v\d+\.\d+(?:\/|$)/;

const unknownError = new GraphFailure({
  httpStatus: 400,
  code: 1,
  message: "(#100) Unknown error",
});

/** Reads one request and answers it. */
export function handleRequest(
  state: SimulatorState,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const chunks: Buffer[] = [];
  const sizeMax = /\/(?:media|upload:)/.test(request.url ?? "") ? mediaBodyMax : jsonBodyMax;
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= sizeMax) chunks.push(chunk);
  });
  request.on("end", () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    if (size > sizeMax) return answer(response, replyJson({ error: "the body is too large" }, 413));
    const reply = route(state, request, body);
    if (reply instanceof Promise) {
      reply.then(
        (settled) => answer(response, settled),
        (error: unknown) =>
          answer(response, replyFailure(error instanceof GraphFailure ? error : unknownError)),
      );
    } else answer(response, reply);
  });
}

function route(
  state: SimulatorState,
  request: IncomingMessage,
  body: Buffer,
): Reply | Promise<Reply> {
  const target = request.url ?? "/";
  const method = request.method ?? "GET";
  const token = readBearer(request.headers.authorization);
  // The hot path: a message with a valid token needs no URL parsing.
  const sendTo = method === "POST" ? sendPath.exec(target)?.[1] : undefined;
  const number = sendTo === undefined ? undefined : state.registry.number(sendTo);
  if (number && number.accessToken === token && !state.isTokenExpired)
    return sendMessage(state, number, body);
  if (!URL.canParse(target, state.url)) return replyJson({ error: "the URL is not valid" }, 400);
  const url = new URL(target, state.url);
  if (url.pathname.startsWith("/_")) return routeOwn(state, method, url, body);
  if (!graphPath.test(url.pathname)) {
    const name = url.pathname.split("/")[1] ?? "";
    return replyFailure(unknownObject(method, name));
  }
  return routeGraph(state, {
    method,
    url,
    path: url.pathname.split("/").slice(2),
    token: token || (url.searchParams.get("access_token") ?? ""),
    contentType: request.headers["content-type"] ?? "",
    fileOffset: Number(request.headers["file_offset"] ?? Number.NaN),
    body,
  });
}

function readBearer(header: string | undefined): string {
  // The Resumable Upload API uses "OAuth".
  return /^(?:Bearer|OAuth) (.*)$/.exec(header ?? "")?.[1] ?? "";
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply.hang) return;
  // Unreferenced: a pending answer doesn't keep the process of a closed simulator alive.
  if (reply.delayMs) setTimeout(() => write(response, reply), reply.delayMs).unref();
  else write(response, reply);
}

function write(response: ServerResponse, reply: Reply): void {
  if (reply.cut) {
    response.destroy();
    return;
  }
  response.writeHead(reply.status, [
    "content-type",
    reply.contentType ?? "application/json; charset=UTF-8",
    "content-length",
    String(Buffer.byteLength(reply.body)),
    "facebook-api-version",
    "v25.0",
  ]);
  response.end(reply.body);
}

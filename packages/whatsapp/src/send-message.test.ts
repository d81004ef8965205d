import type { RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createGraphClient, type GraphClient, type GraphClientOptions } from "./graph-client.ts";
import { accepted, graphError, htmlPage } from "./testing/graph-answers.ts";
import {
  refusedUrl,
  startHttpServer,
  startTcpServer,
  type TestServer,
} from "./testing/start-server.ts";

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close();
});

const token = "EAAtesttokentesttokentesttokentesttoken1";
const message = { phoneNumberId: "1060001", accessToken: token, body: '{"to":"+15550001111"}' };

function clientOf(baseUrl: string, options: Partial<GraphClientOptions> = {}): GraphClient {
  const client = createGraphClient({
    baseUrl,
    version: "v25.0",
    requestTimeoutMs: 5_000,
    ...options,
  });
  closes.push(() => client.close());
  return client;
}

async function http(listener: RequestListener): Promise<TestServer> {
  const server = await startHttpServer(listener);
  closes.push(() => server.close());
  return server;
}

async function tcp(onSocket: (socket: Socket) => void): Promise<TestServer> {
  const server = await startTcpServer(onSocket);
  closes.push(() => server.close());
  return server;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function outcomeOf(status: number, body: unknown) {
  const server = await http((_request, response) => answer(response, status, body));
  return clientOf(server.url).sendMessage(message);
}

describe("sendMessage with an answer from Graph", () => {
  test("returns the wamid and status of an accepted message", async () => {
    const seen: unknown[] = [];
    const server = await http((request, response) => {
      request.setEncoding("utf8");
      request.on("data", (chunk) => seen.push(chunk));
      request.on("end", () => {
        seen.push(request.method, request.url, request.headers.authorization);
        answer(response, 200, accepted);
      });
    });
    const outcome = await clientOf(`${server.url}/graph/`).sendMessage(message);
    expect(outcome).toEqual({
      kind: "accepted",
      wamid: "wamid.TEST0001",
      messageStatus: "accepted",
    });
    expect(seen).toEqual([
      message.body,
      "POST",
      "/graph/v25.0/1060001/messages",
      `Bearer ${token}`,
    ]);
  });

  test("returns the answer's message_status, or accepted if it has none", async () => {
    const held = { messages: [{ id: "wamid.H", message_status: "held_for_quality_assessment" }] };
    expect(await outcomeOf(200, held)).toMatchObject({
      messageStatus: "held_for_quality_assessment",
    });
    expect(await outcomeOf(200, { messages: [{ id: "wamid.O" }] })).toMatchObject({
      kind: "accepted",
      messageStatus: "accepted",
    });
  });

  test("reads an answer in two chunks that split a character", async () => {
    const server = await http((_request, response) => {
      const bytes = Buffer.from(JSON.stringify({ ...accepted, note: "ü" }));
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
    });
    expect(await clientOf(server.url).sendMessage(message)).toMatchObject({ kind: "accepted" });
  });

  test.each([400, 401, 403, 404, 429, 500, 503])(
    "decides a Graph error by its code under HTTP %i",
    async (status) => {
      const outcome = await outcomeOf(status, graphError(130429, { error_subcode: 2494055 }));
      expect(outcome).toEqual({
        kind: "refused",
        error: {
          code: 130429,
          subcode: 2494055,
          title: "Something Meta says",
          message: "(#130429) Something Meta says",
          details: "What it says in detail",
          httpStatus: status,
          fbtraceId: "Atrace",
          disposition: { kind: "throttle-number" },
        },
      });
    },
  );

  test("marks an unknown code as retry under HTTP 5xx and as fail-row under 4xx", async () => {
    expect(await outcomeOf(500, graphError(999_999))).toMatchObject({
      error: { disposition: { kind: "retry" } },
    });
    expect(await outcomeOf(400, graphError(999_999))).toMatchObject({
      error: { disposition: { kind: "fail-row" } },
    });
  });

  test("removes the access token from Meta's words", async () => {
    const outcome = await outcomeOf(
      401,
      graphError(190, { message: `Malformed access token ${token}`, error_data: `${token}x` }),
    );
    expect(outcome).toMatchObject({ error: { message: "Malformed access token [access token]" } });
    expect(JSON.stringify(outcome)).not.toContain(token);
  });
});

describe("sendMessage when nothing was sent", () => {
  test("returns not-sent when the connection is refused", async () => {
    const outcome = await clientOf(await refusedUrl()).sendMessage(message);
    expect(outcome).toEqual({ kind: "not-sent", reason: "ECONNREFUSED" });
  });

  test("returns not-sent when the host name doesn't resolve", async () => {
    const outcome = await clientOf("http://graph.invalid").sendMessage(message);
    expect(outcome.kind).toBe("not-sent");
  });

  test("returns not-sent when the server doesn't speak TLS", async () => {
    const server = await tcp((socket) => socket.once("data", () => socket.end(htmlPage)));
    const outcome = await clientOf(server.url.replace("http:", "https:")).sendMessage(message);
    expect(outcome.kind).toBe("not-sent");
  });

  test("returns not-sent and sends nothing later when no connection is free in time", async () => {
    const bodies: string[] = [];
    const server = await http((request) => {
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => bodies.push(chunk));
    });
    const client = clientOf(server.url, { connections: 1, requestTimeoutMs: 150 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_none, n) => client.sendMessage({ ...message, body: `m${n}` })),
    );
    await client.close();
    const notSent = outcomes.flatMap(({ kind }, n) => (kind === "not-sent" ? [`m${n}`] : []));
    expect(outcomes.map(({ kind }) => kind)).toContain("unknown");
    expect(notSent).not.toEqual([]);
    expect(bodies.filter((body) => notSent.includes(body))).toEqual([]);
  });

  const overdue = { kind: "not-sent", reason: "its time was over" };

  test("returns not-sent when its time is over before the connection is open", async () => {
    let requests = 0;
    const server = await http((_request, response) => {
      requests += 1;
      answer(response, 200, accepted);
    });
    const client = clientOf(server.url);
    let isInTime = true;
    const late = client.sendMessage({ ...message, mayLeave: () => isInTime });
    isInTime = false;
    expect(await late).toEqual(overdue);
    expect(requests).toBe(0);
    expect(await client.sendMessage({ ...message, mayLeave: () => true })).toMatchObject({
      kind: "accepted",
    });
    expect(requests).toBe(1);
  });

  test("returns not-sent when its time is over while it waits for a busy connection", async () => {
    const bodies: string[] = [];
    const answers: (() => void)[] = [];
    const server = await http((request, response) => {
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => bodies.push(chunk));
      request.on("end", () => answers.push(() => answer(response, 200, accepted)));
    });
    const client = clientOf(server.url, { connections: 1 });
    const first = client.sendMessage({ ...message, body: "first" });
    let isInTime = true;
    const late = client.sendMessage({ ...message, body: "late", mayLeave: () => isInTime });
    const third = client.sendMessage({ ...message, body: "third", mayLeave: () => true });
    await expect.poll(() => answers).toHaveLength(1);
    isInTime = false;
    answers[0]?.();
    expect(await first).toMatchObject({ kind: "accepted" });
    expect(await late).toEqual(overdue);
    await expect.poll(() => answers).toHaveLength(2);
    answers[1]?.();
    expect(await third).toMatchObject({ kind: "accepted" });
    expect(bodies).toEqual(["first", "third"]);
  });

  test.each([400, 403, 404, 429])("returns not-sent for an HTML page, HTTP %i", async (status) => {
    expect(await outcomeOf(status, htmlPage)).toEqual({
      kind: "not-sent",
      reason: `HTTP ${status} with a body that is not the Graph API's`,
    });
  });

  test("returns not-sent for a redirect, without following it", async () => {
    let requests = 0;
    const server = await http((_request, response) => {
      requests += 1;
      response.setHeader("location", "/elsewhere");
      answer(response, 307, "");
    });
    expect(await clientOf(server.url).sendMessage(message)).toMatchObject({ kind: "not-sent" });
    expect(requests).toBe(1);
  });

  test("returns not-sent for a closed client, a malformed id or a malformed token", async () => {
    const server = await http((_request, response) => answer(response, 200, accepted));
    const client = clientOf(server.url);
    for (const phoneNumberId of ["", "1/2", "\ud800", "1?x"]) {
      expect(await client.sendMessage({ ...message, phoneNumberId })).toMatchObject({
        kind: "not-sent",
      });
    }
    const outcome = await client.sendMessage({ ...message, accessToken: `${token}\r\nx: y` });
    expect(outcome).toEqual({ kind: "not-sent", reason: "UND_ERR_INVALID_ARG" });
    await client.close();
    expect(await client.sendMessage(message)).toMatchObject({ kind: "not-sent" });
  });
});

describe("sendMessage when the outcome is unknown", () => {
  test("returns unknown when no answer arrives in time", async () => {
    const server = await http(() => {});
    const client = clientOf(server.url, { requestTimeoutMs: 500 });
    expect(await client.sendMessage(message)).toEqual({
      kind: "unknown",
      reason: "no complete answer within 500 ms",
    });
  });

  test("returns unknown when an answer takes too long, even with short pauses", async () => {
    const server = await http((_request, response) => {
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    const client = clientOf(server.url, { requestTimeoutMs: 500 });
    expect(await client.sendMessage(message)).toMatchObject({ kind: "unknown" });
  });

  test("returns unknown and doesn't retry when the connection breaks after the request", async () => {
    let connections = 0;
    const server = await tcp((socket) => {
      connections += 1;
      socket.once("data", () => socket.resetAndDestroy());
    });
    const outcome = await clientOf(server.url).sendMessage(message);
    expect(outcome.kind).toBe("unknown");
    expect(connections).toBe(1);
  });

  test("returns unknown when the connection closes without an answer", async () => {
    const server = await tcp((socket) => socket.once("data", () => socket.end()));
    expect(await clientOf(server.url).sendMessage(message)).toEqual({
      kind: "unknown",
      reason: "UND_ERR_SOCKET",
    });
  });

  test("returns unknown when only half of an accepting answer arrives", async () => {
    const server = await tcp((socket) =>
      socket.once("data", () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"messages":[{"id":"wamid.X"}]}'),
      ),
    );
    expect((await clientOf(server.url).sendMessage(message)).kind).toBe("unknown");
  });

  test("returns unknown when the answer isn't HTTP", async () => {
    const server = await tcp((socket) => socket.once("data", () => socket.end("220 mail\r\n")));
    expect((await clientOf(server.url).sendMessage(message)).kind).toBe("unknown");
  });

  test.each([
    [200, htmlPage],
    [200, "{}"],
    [200, { messages: [] }],
    [202, ""],
    [408, htmlPage],
    [500, htmlPage],
    [502, htmlPage],
    [503, ""],
    [504, { message: "upstream timed out" }],
  ])("returns unknown for HTTP %i with %j", async (status, body) => {
    expect((await outcomeOf(status, body)).kind).toBe("unknown");
  });
});

describe("sendMessage on keep-alive connections", () => {
  test("sends many messages over few connections", async () => {
    const ports = new Set<number | undefined>();
    const server = await http((request, response) => {
      ports.add(request.socket.remotePort);
      answer(response, 200, accepted);
    });
    const client = clientOf(server.url, { connections: 3 });
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => client.sendMessage(message)),
    );
    expect(outcomes.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(ports.size).toBeLessThanOrEqual(3);
  });

  // The server closes connections before, while and after a message is written. It must not have
  // read any message with the outcome not-sent, and must have read each other message at most once.
  test("never sends a message twice, or one reported not-sent, when connections keep closing", async () => {
    const read = new Map<string, number>();
    let served = 0;
    const server = await http((request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        read.set(body, (read.get(body) ?? 0) + 1);
        served += 1;
        if (served % 7 === 0) request.socket.resetAndDestroy();
        else if (served % 5 === 0) request.socket.end();
        else {
          answer(response, 200, accepted);
          if (served % 3 === 0) setImmediate(() => request.socket.resetAndDestroy());
          if (served % 4 === 0) setImmediate(() => request.socket.end());
        }
      });
    });
    const client = clientOf(server.url, { connections: 4 });
    const outcomes = new Map<string, string>();
    await Promise.all(
      Array.from({ length: 8 }, async (_none, lane) => {
        for (let n = 0; n < 100; n += 1) {
          const body = `${lane}-${n}`;
          outcomes.set(body, (await client.sendMessage({ ...message, body })).kind);
        }
      }),
    );
    expect([...read.values()].every((times) => times === 1)).toBe(true);
    const bodiesOf = (kind: string) =>
      [...outcomes.keys()].filter((body) => outcomes.get(body) === kind);
    expect(bodiesOf("not-sent").filter((body) => read.has(body))).toEqual([]);
    expect(bodiesOf("accepted").filter((body) => !read.has(body))).toEqual([]);
    expect(new Set(outcomes.values())).toContain("accepted");
    expect(new Set(outcomes.values())).toContain("unknown");
  });
});

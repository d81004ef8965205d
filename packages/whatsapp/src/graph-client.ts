import { Pool } from "undici";
import type { z } from "zod";
import { jsonHeaders, type GraphCall, type WithToken } from "./graph-call.ts";
import { GraphError, GraphUnavailableError } from "./graph-error.ts";
import { exchange, type Exchange } from "./graph-exchange.ts";
import { createGraphReads, type GraphReads } from "./graph-reads.ts";
import { createGraphWrites, type GraphWrites } from "./graph-writes.ts";
import { parseJson, readGraphFailure } from "./read-graph-failure.ts";
import { readSendOutcome } from "./read-send-outcome.ts";
import type { SendOutcome } from "./send-outcome.ts";

export interface GraphClientOptions {
  /** `https://graph.facebook.com`; a path in the URL is kept as a prefix. */
  baseUrl: string;
  /** `v25.0` */
  version: string;
  /** Maximum number of sockets, opened as needed. 1,000/s with answers of 250 ms need 250. */
  connections?: number;
  /** Time allowed for a connection, and again for the whole answer. */
  requestTimeoutMs?: number;
}

interface MessageToSend extends WithToken {
  phoneNumberId: string;
  body: string;
  /**
   * Called once a connection is open, at the last moment before the message is written to it. If it
   * returns false, the message is `not-sent`. Must not throw.
   */
  mayLeave?(): boolean;
}

export interface GraphClient extends GraphReads, GraphWrites {
  /**
   * Sends a rendered body to POST /messages. Never throws and never retries. Settles within twice
   * the request timeout.
   */
  sendMessage(input: MessageToSend): Promise<SendOutcome>;
  /** Refuses new requests and resolves once running requests have ended. Safe to repeat. */
  close(): Promise<void>;
  /**
   * Ends running requests immediately: messages already written are `unknown`, the others
   * `not-sent`. Has no effect after `close`.
   */
  abort(): void;
}

const uploadTimeoutMs = 5 * 60_000;

/**
 * Creates a client for Meta's Graph API on one pool of keep-alive HTTP/1.1 connections. It never
 * retries or follows redirects. No error or outcome contains the access token.
 *
 * Measured on one core against a bare TCP server: 27,000–38,000 `sendMessage`/s (256 and 64
 * connections), where undici's `request()` with `body.json()` does 21,000–24,000.
 */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const base = new URL(options.baseUrl);
  const root = `${base.pathname.replace(/\/+$/, "")}/${options.version}`;
  const timeoutMs = options.requestTimeoutMs ?? 30_000;
  const pool = new Pool(base.origin, {
    connections: options.connections ?? 256,
    // One message per socket: a broken connection makes one outcome unknown, not a hundred.
    pipelining: 1,
    allowH2: false,
    connectTimeout: Math.min(10_000, timeoutMs),
    // Shorter than the keep-alive of servers (Node 5 s, proxies 60 s and more): a socket that the
    // server closes while a message is being written makes its outcome unknown.
    keepAliveTimeout: 4_000,
  });
  let closed: Promise<void> | null = null;

  const call: GraphCall = async (schema, request) => {
    const { method, path, accessToken, body = null, headers = [] } = request;
    // The Resumable Upload API requires the scheme OAuth.
    const scheme = path.startsWith("/upload:") ? "OAuth" : "Bearer";
    const authorization = ["authorization", `${scheme} ${accessToken}`];
    const sent = { method, path: root + path, headers: [...authorization, ...headers], body };
    // A large file can take longer than the request timeout.
    const waitMs = body instanceof Buffer ? Math.max(timeoutMs, uploadTimeoutMs) : timeoutMs;
    return readAnswer(await exchange(pool, sent, waitMs), accessToken, schema);
  };

  return {
    ...createGraphReads(call),
    ...createGraphWrites(call),
    async sendMessage({ phoneNumberId, accessToken, body, mayLeave }) {
      // Ids are digits. Any other text must neither throw nor reach another path.
      if (!/^\w+$/.test(phoneNumberId)) {
        return { kind: "not-sent", reason: "the phone number id is malformed" };
      }
      const path = `${root}/${phoneNumberId}/messages`;
      const headers = ["authorization", `Bearer ${accessToken}`, ...jsonHeaders];
      const request = { method: "POST" as const, path, headers, body, mayLeave };
      const answer = await exchange(pool, request, timeoutMs);
      return answer.kind === "answer" ? readSendOutcome(answer, accessToken) : answer;
    },
    close: () => (closed ??= pool.close()),
    abort: () => void (closed ??= pool.destroy()),
  };
}

function readAnswer<T>(answer: Exchange, accessToken: string, schema: z.ZodType<T>): T {
  if (answer.kind !== "answer") throw new GraphUnavailableError(answer.reason);
  const json = parseJson(answer.text);
  const failure = readGraphFailure(json, answer.httpStatus, accessToken);
  if (failure) throw new GraphError(failure);
  const parsed = schema.safeParse(json);
  if (answer.httpStatus < 200 || answer.httpStatus >= 300 || !parsed.success) {
    const reason = `HTTP ${answer.httpStatus} with a body that is not the Graph API's`;
    throw new GraphUnavailableError(reason);
  }
  return parsed.data;
}

import { once } from "node:events";
import { createServer } from "node:http";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";

/** Status as the receiver read it. */
interface ReceivedStatus {
  id: string;
  status: string;
  timestamp: string;
  recipientId: string | undefined;
  callbackData: string | undefined;
  errorCode: number | undefined;
  pricing: unknown;
}

export interface Receiver {
  readonly url: string;
  readonly statuses: ReceivedStatus[];
  /** Bodies of the POSTs that were answered with 200, and the number of statuses in each. */
  readonly bodies: string[];
  readonly batchSizes: number[];
  /** Returns the number of POSTs so far, including refused ones. */
  posts(): number;
  /** Returns the highest number of POSTs that were under way at once. */
  connectionsMax(): number;
  /** Answers the next POSTs with these HTTP statuses, then 200. */
  refuse(...httpStatuses: number[]): void;
  close(): Promise<void>;
}

/**
 * Starts a webhook receiver that refuses every body whose signature an independent implementation
 * doesn't confirm. It also reads bodies with that implementation.
 */
export async function startReceiver(
  appSecret = "simulator-app-secret",
  verifyToken = "hush",
): Promise<Receiver> {
  const statuses: ReceivedStatus[] = [];
  const bodies: string[] = [];
  const batchSizes: number[] = [];
  const refusals: number[] = [];
  let posts = 0;
  let active = 0;
  let activeMax = 0;
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      const query = new URL(request.url ?? "/", "http://receiver").searchParams;
      const isKnown = query.get("hub.verify_token") === verifyToken;
      response.writeHead(isKnown ? 200 : 403).end(isKnown ? query.get("hub.challenge") : "");
      return;
    }
    activeMax = Math.max(activeMax, ++active);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      posts++;
      const rawBody = Buffer.concat(chunks);
      const signatureHeader = String(request.headers["x-hub-signature-256"]);
      const isGenuine = verifySignature({ appSecret, rawBody, signatureHeader });
      const answer = isGenuine ? (refusals.shift() ?? 200) : 401;
      if (answer === 200) {
        bodies.push(rawBody.toString());
        const read = readStatuses(rawBody.toString());
        batchSizes.push(read.length);
        statuses.push(...read);
      }
      // Answers a little later, so that POSTs which overlap are counted as overlapping.
      setTimeout(() => {
        active--;
        response.writeHead(answer).end();
      }, 1);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    statuses,
    bodies,
    batchSizes,
    posts: () => posts,
    connectionsMax: () => activeMax,
    refuse: (...httpStatuses) => void refusals.push(...httpStatuses),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function readStatuses(body: string): ReceivedStatus[] {
  return normalizeWebhook(JSON.parse(body)).statuses.map((status) => ({
    id: status.id,
    status: status.status,
    timestamp: String(status.timestamp),
    recipientId: status.recipientId,
    callbackData:
      typeof status.bizOpaqueCallbackData === "string" ? status.bizOpaqueCallbackData : undefined,
    errorCode: Number(status.errors?.[0]?.code) || undefined,
    pricing: status.pricing,
  }));
}

import { signBody } from "@loudhailer/whatsapp/webhook-signature.ts";
import { appSecret } from "../start-infrastructure.ts";
import type { Audience } from "./write-audiences.ts";

/** Whole HTTP requests, one after the other, in memory that a worker shares. */
export interface PreparedPosts {
  bytes: Uint8Array;
  /** End of each request in `bytes`. */
  ends: Uint32Array;
}

/** Times of a message's statuses by Meta's clock, which counts whole seconds. */
export interface MessageTimes {
  sentAt: Date;
  deliveredAt: Date;
  readAt: Date;
}

/**
 * Returns signed POSTs in Meta's format: `delivered` of all recipients, then `read` of all. Each
 * POST has up to `statusesPerPost` statuses of one number; the numbers take turns.
 */
export function preparePosts(
  audiences: readonly Audience[],
  { statusesPerPost, times }: { statusesPerPost: number; times: MessageTimes },
): PreparedPosts {
  const posts: Buffer[] = [];
  for (const update of [
    { status: "delivered", at: times.deliveredAt },
    { status: "read", at: times.readAt },
  ]) {
    for (const group of inTurn(audiences, statusesPerPost)) posts.push(toRequest(group, update));
  }
  return pack(posts);
}

function* inTurn(audiences: readonly Audience[], size: number): Generator<Audience> {
  const longest = Math.max(...audiences.map(({ recipients }) => recipients.length));
  for (let start = 0; start < longest; start += size) {
    for (const audience of audiences) {
      const recipients = audience.recipients.slice(start, start + size);
      if (recipients.length > 0) yield { ...audience, recipients };
    }
  }
}

function toRequest(audience: Audience, update: { status: string; at: Date }): Buffer {
  const body = JSON.stringify(toPayload(audience, update));
  const head = [
    "POST /webhooks/whatsapp HTTP/1.1",
    "Host: webhook.example.com",
    "Accept: */*",
    "User-Agent: facebookexternalua",
    "Content-Type: application/json",
    `X-Hub-Signature-256: ${signBody({ rawBody: body, appSecret })}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function toPayload(audience: Audience, { status, at }: { status: string; at: Date }): object {
  const statuses = audience.recipients.map(({ wamid, phone, callbackData }) => ({
    id: wamid,
    status,
    timestamp: String(at.getTime() / 1_000),
    recipient_id: phone.slice(1),
    biz_opaque_callback_data: callbackData,
    pricing: { billable: true, pricing_model: "PMP", type: "regular", category: "marketing" },
  }));
  const metadata = {
    display_phone_number: "15550783881",
    phone_number_id: audience.phoneNumberId,
  };
  const value = { messaging_product: "whatsapp", metadata, statuses };
  return {
    object: "whatsapp_business_account",
    entry: [{ id: audience.wabaId, changes: [{ value, field: "messages" }] }],
  };
}

function pack(posts: readonly Buffer[]): PreparedPosts {
  const size = posts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  const ends = new Uint32Array(new SharedArrayBuffer(posts.length * Uint32Array.BYTES_PER_ELEMENT));
  let end = 0;
  for (const [index, post] of posts.entries()) {
    bytes.set(post, end);
    end += post.byteLength;
    ends[index] = end;
  }
  return { bytes, ends };
}

import { createHmac, timingSafeEqual } from "node:crypto";

const headerShape = /^sha256=([0-9a-f]{64})$/i;

/** Returns whether the header has the form of `X-Hub-Signature-256`, without verifying it. */
export function isSignatureHeader(header: string | undefined): header is string {
  return header !== undefined && headerShape.test(header);
}

/**
 * Returns whether `header` (`X-Hub-Signature-256`) is the HMAC-SHA256 of the raw body with the Meta
 * app's secret. Compares in constant time. Returns false for an absent or malformed header and for
 * an empty secret.
 */
export function verifySignature(input: {
  rawBody: Buffer;
  header: string | undefined;
  appSecret: string;
}): boolean {
  const hex = input.header === undefined ? undefined : headerShape.exec(input.header)?.[1];
  if (hex === undefined || input.appSecret === "") return false;
  const expected = createHmac("sha256", input.appSecret).update(input.rawBody).digest();
  return timingSafeEqual(Buffer.from(hex, "hex"), expected);
}

/** Returns the header that Meta would send with this body, for tests and tools. */
export function signBody(input: { rawBody: Buffer | string; appSecret: string }): string {
  const hex = createHmac("sha256", input.appSecret).update(input.rawBody).digest("hex");
  return `sha256=${hex}`;
}

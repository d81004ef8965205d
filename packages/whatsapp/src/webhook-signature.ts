import { createHmac, timingSafeEqual } from "node:crypto";

const headerShape = /^sha256=([0-9a-f]{64})$/i;

/** Whether it has the form of `X-Hub-Signature-256`, whatever it signs. */
export function isSignatureHeader(header: string | undefined): header is string {
  return header !== undefined && headerShape.test(header);
}

/**
 * Whether `header` (`X-Hub-Signature-256`) is the HMAC-SHA256 of the raw body under the Meta app's
 * secret. Compares in constant time; false for an absent or malformed header, or an empty secret.
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

/** The header Meta would send with this body: for tests and tools. */
export function signBody(input: { rawBody: Buffer | string; appSecret: string }): string {
  const hex = createHmac("sha256", input.appSecret).update(input.rawBody).digest("hex");
  return `sha256=${hex}`;
}

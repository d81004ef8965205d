import { randomBytes } from "node:crypto";

// Every start has its own IDs, so a database that outlives the simulator never gets one twice.
const instance = randomBytes(4).toString("hex").toUpperCase();

/**
 * Returns a message ID in Meta's form: base64 of the recipient's number and 18 hexadecimal digits,
 * in the same binary framing as Meta's (`wamid.HBgL…FQIAERgS…AA==`). It is unique for each sequence
 * number.
 */
export function formatWamid(recipient: string, sequence: number): string {
  const id = instance + sequence.toString(16).toUpperCase().padStart(10, "0");
  const text = `\x1c\x18${String.fromCharCode(recipient.length)}${recipient}\x15\x02\x00\x11\x18\x12${id}\x00`;
  return `wamid.${Buffer.from(text, "latin1").toString("base64")}`;
}

import type { IncomingMessage } from "node:http";
import { collectBuffers } from "@loudhailer/runtime/bound-heap.ts";
import { BodyTooLargeError, UnavailableError } from "./webhook-errors.ts";

/** Of large bodies: nearly none of Meta's. */
const collectedBytes = 8 * 1024 * 1024;

export interface BodyReaderOptions {
  /** Of one body. */
  bytesMax: number;
  /** Up to here a body is small: nearly all of Meta's are. */
  smallBytes: number;
  /** What all bodies in hand may take beyond their first `smallBytes`. */
  largeBytesMax: number;
  /** What all bodies in hand may take altogether. */
  allBytesMax: number;
  /** How long a body may take from the moment it is large. */
  largeMsMax: number;
}

export class ReadBody {
  readonly bytes: Buffer;
  /** To be called once nothing holds the bytes, or what was made of them, any more. */
  readonly release: () => void;

  constructor(bytes: Buffer, release: () => void) {
    this.bytes = bytes;
    this.release = release;
  }
}

/** What of a body counts against the bounds. */
interface Share {
  large: number;
  all: number;
}

/**
 * Reads bodies so that all of them together stay within bounds, counting bytes as they come: what a
 * client announces and never sends costs nothing, and a large one that stalls is given up. Rejects with
 * BodyTooLargeError, and with UnavailableError where too much is in hand already, or the client goes away.
 */
export function createBodyReader(
  options: BodyReaderOptions,
): (request: IncomingMessage) => Promise<ReadBody> {
  const { bytesMax, smallBytes, largeBytesMax, allBytesMax, largeMsMax } = options;
  const inHand: Share = { large: 0, all: 0 };
  let bytesRead = 0;

  function countRead(bytes: number): void {
    bytesRead += bytes;
    if (bytesRead < collectedBytes) return;
    bytesRead = 0;
    collectBuffers();
  }

  /** False where that would be too much. */
  function take(share: Share, length: number): boolean {
    const large = Math.max(0, length - smallBytes) - share.large;
    const all = length - share.all;
    if (large > 0 && inHand.large + large > largeBytesMax) return false;
    if (inHand.all + all > allBytesMax) return false;
    inHand.large += large;
    inHand.all += all;
    share.large += large;
    share.all += all;
    return true;
  }

  function release(share: Share): void {
    inHand.large -= share.large;
    inHand.all -= share.all;
    share.large = 0;
    share.all = 0;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const share: Share = { large: 0, all: 0 };
      let length = 0;
      let deadline: NodeJS.Timeout | undefined;

      function refuse(error: Error): void {
        clearTimeout(deadline);
        release(share);
        chunks.length = 0;
        request.off("data", add);
        // Read on, or the client would see a broken connection instead of the answer.
        request.on("data", (chunk: Buffer) => countRead(chunk.length));
        reject(error);
      }

      function add(chunk: Buffer): void {
        length += chunk.length;
        if (length > smallBytes) {
          countRead(chunk.length);
          deadline ??= setTimeout(leave, largeMsMax);
        }
        if (length > bytesMax) return refuse(new BodyTooLargeError());
        if (!take(share, length)) {
          return refuse(new UnavailableError("Too many bodies are in hand already."));
        }
        chunks.push(chunk);
      }

      const leave = () => refuse(new UnavailableError("The body did not come."));
      if (Number(request.headers["content-length"] ?? 0) > bytesMax) {
        return refuse(new BodyTooLargeError());
      }
      request.on("data", add);
      request.on("end", () => {
        clearTimeout(deadline);
        // A request that has been read is closed too.
        request.off("close", leave);
        const [only] = chunks;
        const bytes = chunks.length === 1 && only ? only : Buffer.concat(chunks, length);
        resolve(new ReadBody(bytes, () => release(share)));
      });
      request.on("close", leave);
      request.on("error", leave);
    });
}

import type { IncomingMessage } from "node:http";
import { collectBuffers } from "@loudhailer/runtime/bound-heap.ts";
import { BodyTooLargeError, UnavailableError } from "./webhook-errors.ts";

/** Bytes read of large and refused bodies between collections. Nearly none of Meta's are large. */
const collectedBytes = 8 * 1024 * 1024;

export interface BodyReaderOptions {
  /** Maximum bytes of one body. */
  bytesMax: number;
  /** Bytes up to which a body is small, as nearly all of Meta's are. */
  smallBytes: number;
  /** Maximum bytes of all unreleased bodies together, beyond the first `smallBytes` of each. */
  largeBytesMax: number;
  /** Maximum bytes of all unreleased bodies together. */
  allBytesMax: number;
  /** Maximum milliseconds for the rest of a body, from the moment it is large. */
  largeMsMax: number;
}

export class ReadBody {
  readonly bytes: Buffer;
  /** Frees the body's share. Call it once nothing holds the bytes or objects parsed from them. */
  readonly release: () => void;

  constructor(bytes: Buffer, release: () => void) {
    this.bytes = bytes;
    this.release = release;
  }
}

/** Bytes of a body that count against the limits. */
interface Share {
  large: number;
  all: number;
}

/**
 * Creates a reader that keeps all bodies together within limits. It counts bytes as they arrive, so
 * a body that is announced but never sent costs nothing, and it abandons a large body that stalls.
 * The reader rejects with BodyTooLargeError, or with UnavailableError if a limit for all bodies is
 * reached, a large body stalls or the client disconnects.
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

  /** Counts the body's bytes. Returns false without counting them if they would exceed a limit. */
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
        // Keeps reading, or the client would see a broken connection instead of the response.
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
        // A request that was read completely also emits `close`.
        request.off("close", leave);
        const [only] = chunks;
        const bytes = chunks.length === 1 && only ? only : Buffer.concat(chunks, length);
        resolve(new ReadBody(bytes, () => release(share)));
      });
      request.on("close", leave);
      request.on("error", leave);
    });
}

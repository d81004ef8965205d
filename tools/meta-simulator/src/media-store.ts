import { createHash } from "node:crypto";

export interface Media {
  readonly id: string;
  readonly wabaId: string;
  readonly mimeType: string;
  readonly sha256: string;
  readonly fileSize: number;
}

const bytesKeptMax = 64 * 1024 * 1024;

/** Uploaded media by ID. Only the last 64 MB of their bytes are kept: Meta's URLs expire too. */
export class MediaStore {
  readonly #media = new Map<string, Media>();
  readonly #bytes = new Map<string, Buffer>();
  #bytesKept = 0;
  #added = 0;

  add(wabaId: string, mimeType: string, bytes: Buffer): Media {
    const id = `${1_558_081_531_000_000 + this.#added++}`;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const media = { id, wabaId, mimeType, sha256, fileSize: bytes.length };
    this.#media.set(id, media);
    this.#bytes.set(id, bytes);
    this.#bytesKept += bytes.length;
    for (const [oldest] of this.#bytes) {
      if (this.#bytesKept <= bytesKeptMax) break;
      this.#forgetBytes(oldest);
    }
    return media;
  }

  get(id: string): Media | undefined {
    return this.#media.get(id);
  }

  bytes(id: string): Buffer | undefined {
    return this.#bytes.get(id);
  }

  remove(id: string): void {
    this.#media.delete(id);
    this.#forgetBytes(id);
  }

  #forgetBytes(id: string): void {
    this.#bytesKept -= this.#bytes.get(id)?.length ?? 0;
    this.#bytes.delete(id);
  }
}

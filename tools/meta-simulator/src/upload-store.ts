import { createHash } from "node:crypto";

interface Upload {
  readonly fileBytes: number;
  receivedBytes: number;
}

/** Resumable uploads, and the handles of complete ones. Their bytes are not kept. */
export class UploadStore {
  readonly #uploads = new Map<string, Upload>();
  readonly #handles = new Set<string>();
  #started = 0;

  start(fileBytes: number): string {
    this.#started++;
    const sig = createHash("sha256").update(`${this.#started}`).digest("base64url").slice(0, 12);
    const id = `upload:MTphdHRhY2htZW50OjE${this.#started}?sig=ARZ${sig}`;
    this.#uploads.set(id, { fileBytes, receivedBytes: 0 });
    return id;
  }

  get(id: string): Readonly<Upload> | undefined {
    return this.#uploads.get(id);
  }

  /** Counts received bytes. Returns the handle once all have arrived. */
  receive(id: string, bytes: number): string | undefined {
    const upload = this.#uploads.get(id);
    if (!upload) return undefined;
    upload.receivedBytes += bytes;
    if (upload.receivedBytes < upload.fileBytes) return undefined;
    const handle = `4::${createHash("sha256").update(id).digest("base64")}:ARa`;
    this.#handles.add(handle);
    return handle;
  }

  hasHandle(handle: string): boolean {
    return this.#handles.has(handle);
  }
}

import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { FastifyRequest } from "fastify";

export interface Upload {
  fileName: string;
  /** As the client named it. */
  mimeType: string;
  /** Of the file's bytes, in base64. */
  sha256: string;
  /** Every text field with all values it was given. */
  fields: ReadonlyMap<string, string[]>;
  open(): Readable;
  /** The file stays until then, beyond the work. */
  keepUntil(done: Promise<unknown>): void;
}

/**
 * Receives a form of one file and text fields in any order (curl sends what is written first
 * first, often the file), then runs `work`. The file waits on disk, so memory doesn't grow with
 * it, and no work begins for an upload that breaks off. It is deleted in the end. Throws
 * `invalid_input` for anything but exactly one file named `file`, `payload_too_large`.
 */
export async function receiveUpload<T>(
  request: FastifyRequest,
  limits: { uploadBytes: number },
  work: (upload: Upload) => Promise<T>,
): Promise<T> {
  const path = join(tmpdir(), `loudhailer-upload-${randomUUID()}`);
  let kept: Promise<unknown> | null = null;
  const remove = () => rm(path, { force: true });
  const keepUntil = (done: Promise<unknown>): void => {
    kept = done.then(remove, remove);
  };
  try {
    const received = await receive(request, path, limits).catch(refuseMalformedForm);
    return await work({ ...received, keepUntil });
  } finally {
    if (kept === null) await remove();
  }
}

/** The form's parser throws plain errors; the disk's have a code, our own a class. */
function refuseMalformedForm(error: unknown): never {
  if (error instanceof Error && error.constructor === Error && !("code" in error)) {
    throw new DomainError(
      "invalid_input",
      "The form is malformed. Send multipart/form-data whose Content-Type names the boundary and whose body ends with it; HTTP clients do both by themselves unless you set Content-Type.",
    );
  }
  throw error;
}

async function receive(
  request: FastifyRequest,
  path: string,
  { uploadBytes }: { uploadBytes: number },
): Promise<Omit<Upload, "keepUntil">> {
  const fields = new Map<string, string[]>();
  let file: Pick<Upload, "fileName" | "mimeType" | "sha256"> | undefined;
  const options = { limits: { fileSize: uploadBytes, files: 1, fields: 100, fieldSize: 100_000 } };
  for await (const part of request.parts(options)) {
    if (part.type === "field") {
      if (typeof part.value !== "string" || part.valueTruncated) {
        throw new DomainError("invalid_input", `The field "${part.fieldname}" is too long.`);
      }
      fields.set(part.fieldname, [...(fields.get(part.fieldname) ?? []), part.value]);
    } else if (part.fieldname !== "file") {
      throw new DomainError("invalid_input", `Send the file as the form's field "file".`);
    } else {
      const sha256 = await store(part.file, path);
      file = { fileName: part.filename, mimeType: part.mimetype, sha256 };
    }
  }
  if (file === undefined) {
    throw new DomainError("invalid_input", `The form lacks a file in the field "file".`);
  }
  return { ...file, fields, open: () => createReadStream(path) };
}

async function store(stream: Readable, path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(
    stream,
    async function* hashed(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    // Contacts are personal data: nobody else on the machine may read them.
    createWriteStream(path, { flags: "wx", mode: 0o600 }),
  );
  return hash.digest("base64");
}

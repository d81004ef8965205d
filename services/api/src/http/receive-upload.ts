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
  /** MIME type as the client declared it. */
  mimeType: string;
  /** SHA-256 of the file's bytes, in base64. */
  sha256: string;
  /** Text fields of the form, each with all its values. */
  fields: ReadonlyMap<string, string[]>;
  open(): Readable;
  /** Keeps the file until `done` settles, even after `work` has ended. */
  keepUntil(done: Promise<unknown>): void;
}

/**
 * Receives a form of one file and text fields in any order, then runs `work` (curl sends fields in
 * the order of its arguments, often the file first). The file is stored on disk, so memory doesn't
 * grow with it, and an interrupted upload starts no work. The file is deleted in the end.
 * @throws DomainError `invalid_input` if the form is malformed or has no file in the field `file`
 * @throws FastifyError if the form exceeds a limit, such as `FST_REQ_FILE_TOO_LARGE`; the error
 *   handler answers it with `payload_too_large` or `invalid_input`
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

/** Translates the form parser's plain errors. Disk errors have a code, the API's own a class. */
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
    // Contacts are personal data: no other user of the machine may read them.
    createWriteStream(path, { flags: "wx", mode: 0o600 }),
  );
  return hash.digest("base64");
}

import { uuid } from "@loudhailer/contracts/scalars.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { mediaBytesMax, type MediaFile } from "@loudhailer/core/media/media-file.ts";
import type { FastifyRequest } from "fastify";
import pLimit from "p-limit";
import { z } from "zod";
import { receiveUpload } from "./receive-upload.ts";

/** Schema of the form in the OpenAPI document. The form itself is read as a stream. */
export const mediaForm = z.object({
  file: z.file().describe("JPEG or PNG, MP4 or 3GPP, PDF and office documents"),
  providerId: uuid.describe("the number that it is for"),
});

/** Body limit for routes that take the form: the file and the rest of the form. */
export const mediaFormBytesMax = mediaBytesMax + 64 * 1024;

export interface ReceivedMedia {
  /** Identity of the upload, equal for the same file and number. */
  fingerprint: unknown;
  /** Runs `work` with the whole file. Only one file at a time is held in memory. */
  withFile<T>(work: (file: MediaFile & { providerId: string }) => Promise<T>): Promise<T>;
}

// A document may have 100 MB, so files are read into memory one at a time.
const inTurn = pLimit(1);

/**
 * Receives a file for a header, then runs `work`.
 * @throws DomainError `invalid_input` if the form has an unknown field or no valid `providerId`;
 *   also any error of `receiveUpload` or `work`
 */
export function receiveMedia<T>(
  request: FastifyRequest,
  work: (received: ReceivedMedia) => Promise<T>,
): Promise<T> {
  return receiveUpload(request, { uploadBytes: mediaBytesMax }, async (upload) => {
    const providerId = readProviderId(upload.fields);
    const { fileName, mimeType, sha256, open } = upload;
    return work({
      fingerprint: { fileName, mimeType, sha256, providerId },
      withFile: (use) =>
        inTurn(async () => {
          const bytes = Buffer.concat(await open().toArray());
          return use({ fileName, mimeType, bytes, providerId });
        }),
    });
  });
}

function readProviderId(fields: ReadonlyMap<string, string[]>): string {
  const unknown = [...fields.keys()].filter((name) => name !== "providerId");
  const parsed = uuid.safeParse(fields.get("providerId")?.at(-1));
  const problems = [
    ...unknown.map((path) => ({ path, message: "is not known" })),
    ...(parsed.success ? [] : [{ path: "providerId", message: "must be the id of a number" }]),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  const sentences = problems.map(({ path, message }) => `${path} ${message}`);
  throw new DomainError("invalid_input", `The form is not valid. ${sentences.join("; ")}.`, {
    fields: problems,
  });
}

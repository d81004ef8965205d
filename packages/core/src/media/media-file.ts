import { mediaLimits, mediaTypeOf, type MediaType } from "@loudhailer/whatsapp/slot-limits.ts";
import { DomainError } from "../domain-error.ts";

export interface MediaFile {
  fileName: string;
  mimeType: string;
  bytes: Buffer;
}

export const mediaMimeTypes: readonly string[] = Object.values(mediaLimits).flatMap(
  ({ mimeTypes }) => mimeTypes,
);

export const mediaBytesMax = mediaLimits.document.bytesMax;

/**
 * Returns the type of header that accepts the file.
 * @throws DomainError `invalid_input` if no header accepts it, or it is empty or too large
 */
export function typeOfFile({ mimeType, bytes }: MediaFile): MediaType {
  const type = mediaTypeOf(mimeType);
  if (type === null) {
    throw refuseFile(`is ${mimeType}; headers take ${mediaMimeTypes.join(", ")}`);
  }
  const { bytesMax } = mediaLimits[type];
  if (bytes.length === 0) throw refuseFile("is empty");
  if (bytes.length > bytesMax) {
    const megabytes = Math.round(bytesMax / 1024 / 1024);
    throw refuseFile(`has ${bytes.length} bytes; Meta takes ${megabytes} MB of the type ${type}`);
  }
  return type;
}

function refuseFile(message: string): DomainError {
  return new DomainError("invalid_input", `The file ${message}.`, {
    fields: [{ path: "file", message }],
  });
}

import { messageFailure, parameterFailure, unknownObject } from "../graph/graph-error.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import type { Media } from "../media-store.ts";
import type { PhoneNumber } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

const mb = 1024 * 1024;

const fileSizeMax: Readonly<Record<string, number>> = {
  "image/jpeg": 5 * mb,
  "image/png": 5 * mb,
  "image/webp": mb / 2,
  "video/mp4": 16 * mb,
  "video/3gp": 16 * mb,
  "video/3gpp": 16 * mb,
  "audio/aac": 16 * mb,
  "audio/amr": 16 * mb,
  "audio/mp4": 16 * mb,
  "audio/mpeg": 16 * mb,
  "audio/ogg": 16 * mb,
  "application/pdf": 100 * mb,
  "text/plain": 100 * mb,
  "application/msword": 100 * mb,
  "application/vnd.ms-excel": 100 * mb,
  "application/vnd.ms-powerpoint": 100 * mb,
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * mb,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * mb,
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * mb,
};

/** Handles POST /{phone_number_id}/media: a form with `messaging_product`, `type`, and `file`. */
export async function uploadMedia(
  state: SimulatorState,
  number: PhoneNumber,
  request: GraphRequest,
): Promise<Reply> {
  const form = await readForm(request);
  if (form?.get("messaging_product") !== "whatsapp")
    throw parameterFailure("The parameter messaging_product is required.");
  const file = form.get("file");
  if (file === null || typeof file === "string")
    throw parameterFailure("The parameter file is required.");
  const given = form.get("type");
  const mimeType = typeof given === "string" && given !== "" ? given : file.type;
  const sizeMax = fileSizeMax[mimeType];
  if (sizeMax === undefined)
    throw parameterFailure(
      `Param file must be a file with one of the following types: ${Object.keys(fileSizeMax).join(", ")}. Received file of type '${mimeType}'.`,
    );
  if (file.size > sizeMax)
    throw messageFailure(131053, `File size ${file.size} is over the limit of ${sizeMax} bytes.`);
  const bytes = Buffer.from(await file.arrayBuffer());
  return replyJson({ id: state.media.add(number.wabaId, mimeType, bytes).id });
}

async function readForm(request: GraphRequest): Promise<FormData | undefined> {
  try {
    const headers = { "content-type": request.contentType };
    return await new Response(new Uint8Array(request.body), { headers }).formData();
  } catch {
    return undefined;
  }
}

/** Handles GET and DELETE /{media_id}. */
export function handleMedia(state: SimulatorState, media: Media, request: GraphRequest): Reply {
  if (request.method === "DELETE") {
    state.media.remove(media.id);
    return replyJson({ success: true });
  }
  if (request.method !== "GET") throw unknownObject(request.method, media.id);
  return replyJson({
    messaging_product: "whatsapp",
    url: `${state.url}/_media/${media.id}`,
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: media.fileSize,
    id: media.id,
  });
}

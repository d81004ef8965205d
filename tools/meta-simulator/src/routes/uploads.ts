import { parameterFailure, unknownObject } from "../graph/graph-error.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import type { SimulatorState } from "../state.ts";
import { readParameters } from "./read-parameters.ts";
import type { GraphRequest } from "./request.ts";

const types = new Set(["image/jpeg", "image/jpg", "image/png", "video/mp4", "application/pdf"]);

/** Handles POST /{app_id}/uploads: starts a resumable upload. */
export function startUpload(state: SimulatorState, request: GraphRequest): Reply {
  if (request.method !== "POST") throw unknownObject(request.method, state.options.appId);
  const parameters = readParameters(request);
  const fileBytes = Number(parameters.file_length);
  if (!Number.isInteger(fileBytes) || fileBytes < 1)
    throw parameterFailure("The parameter file_length is required.");
  if (!types.has(String(parameters.file_type)))
    throw parameterFailure(
      `Param file_type must be one of {${[...types].join(", ")}} - got "${String(parameters.file_type)}".`,
    );
  return replyJson({ id: state.uploads.start(fileBytes) });
}

/** Handles GET /upload:…, which returns its progress, and POST, its bytes from `file_offset` on. */
export function handleUpload(state: SimulatorState, id: string, request: GraphRequest): Reply {
  const upload = state.uploads.get(id);
  if (!upload) throw unknownObject(request.method, id);
  if (request.method === "GET") return replyJson({ id, file_offset: upload.receivedBytes });
  if (request.fileOffset !== upload.receivedBytes)
    throw parameterFailure(
      `file_offset must be ${upload.receivedBytes}, the bytes received so far.`,
    );
  const handle = state.uploads.receive(id, request.body.length);
  return handle === undefined
    ? replyJson({ id, file_offset: upload.receivedBytes })
    : replyJson({ h: handle });
}

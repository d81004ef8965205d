import type { WithToken } from "./graph-call.ts";
import { GraphUnavailableError } from "./graph-error.ts";
import type { GraphWrites } from "./graph-writes.ts";

export interface ResumableUpload extends WithToken {
  appId: string;
  fileName: string;
  fileType: string;
  bytes: Buffer;
}

const attemptsMax = 3;

/**
 * Uploads a file with Meta's Resumable Upload API and returns the handle for a template's example.
 * Continues at the last received byte after a broken connection, at most `attemptsMax` attempts.
 * @throws GraphError if Meta refuses
 * @throws GraphUnavailableError if Meta gives no usable answer
 */
export async function uploadResumably(
  graph: Pick<GraphWrites, "startUpload" | "sendUpload" | "getUploadOffset">,
  { appId, fileName, fileType, bytes, accessToken }: ResumableUpload,
): Promise<string> {
  const fileBytes = bytes.length;
  const upload = { appId, fileName, fileType, fileBytes, accessToken };
  const uploadId = await graph.startUpload(upload);
  let offset = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const rest = bytes.subarray(offset);
      return await graph.sendUpload({ uploadId, offset, bytes: rest, accessToken });
    } catch (error) {
      if (!(error instanceof GraphUnavailableError) || attempt === attemptsMax) throw error;
      offset = await graph.getUploadOffset({ uploadId, accessToken });
    }
  }
}

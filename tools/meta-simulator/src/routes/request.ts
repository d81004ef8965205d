/** Graph request as the routes get it. */
export interface GraphRequest {
  readonly method: string;
  readonly url: URL;
  /** Path after the version, split at its slashes: `["106540352242922", "messages"]`. */
  readonly path: readonly string[];
  readonly token: string;
  readonly contentType: string;
  /** The `file_offset` header of a resumable upload; NaN without it. */
  readonly fileOffset: number;
  readonly body: Buffer;
}

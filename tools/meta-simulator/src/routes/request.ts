/** A Graph request as the routes see it. */
export interface GraphRequest {
  readonly method: string;
  readonly url: URL;
  /** The path behind the version, split at its slashes: `["106540352242922", "messages"]`. */
  readonly path: readonly string[];
  readonly token: string;
  readonly contentType: string;
  /** The header of a resumable upload; NaN without it. */
  readonly fileOffset: number;
  readonly body: Buffer;
}

import type { Disposition } from "./error-taxonomy.ts";

/** Meta's refusal as received. Access tokens in its texts are replaced by `[access token]`. */
export interface GraphFailure {
  code: number;
  subcode?: number;
  /** Meta's message without its "(#code)" prefix. */
  title: string;
  message: string;
  details?: string;
  httpStatus: number;
  fbtraceId?: string;
  userTitle?: string;
  userMessage?: string;
  disposition: Disposition;
}

import type { Disposition } from "./error-taxonomy.ts";

/** Meta's refusal as received. Access tokens in its texts are replaced by `[access token]`. */
export interface GraphFailure {
  code: number;
  subcode?: number | undefined;
  /** Meta's message without its "(#code)" prefix. */
  title: string;
  message: string;
  details?: string | undefined;
  httpStatus: number;
  fbtraceId?: string | undefined;
  userTitle?: string | undefined;
  userMessage?: string | undefined;
  disposition: Disposition;
}

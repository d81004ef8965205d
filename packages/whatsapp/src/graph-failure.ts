import type { Disposition } from "./error-taxonomy.ts";

/** Meta's refusal, as it stood in the answer; access tokens in its words are blanked. */
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

import type { GraphFailure } from "./graph-failure.ts";

/**
 * What became of one POST /messages.
 * - `accepted`: Meta took it; the webhook tells whether it arrives.
 * - `refused`: a Graph error answered it; `error.disposition` says what to do.
 * - `not-sent`: it certainly never reached Meta: safe to send again.
 * - `unknown`: it was, or may have been, written and no Graph answer came: only the status webhook
 *   that carries our callback data settles it. Never send it again blindly.
 */
export type SendOutcome =
  | { kind: "accepted"; wamid: string; messageStatus: string }
  | { kind: "refused"; error: GraphFailure }
  | { kind: "not-sent"; reason: string }
  | { kind: "unknown"; reason: string };

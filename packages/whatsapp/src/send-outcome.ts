import type { GraphFailure } from "./graph-failure.ts";

/**
 * Outcome of one POST /messages.
 * - `accepted`: Meta accepted the message; webhooks report its delivery.
 * - `refused`: Meta answered with a Graph error; `error.disposition` is the reaction.
 * - `not-sent`: the message certainly never reached Meta, so it is safe to send again.
 * - `unknown`: the message was or may have been written, and no Graph answer arrived. Only the
 *   status webhook with this message's callback data settles it. Never send it again blindly.
 */
export type SendOutcome =
  | { kind: "accepted"; wamid: string; messageStatus: string }
  | { kind: "refused"; error: GraphFailure }
  | { kind: "not-sent"; reason: string }
  | { kind: "unknown"; reason: string };

import { nowMs } from "../clock.ts";
import { GraphFailure, messageFailure, parameterFailure } from "../graph/graph-error.ts";
import { replyFailure, replyJson, type Reply } from "../graph/reply.ts";
import { drawShare } from "../hash.ts";
import { parseObject, type JsonObject } from "../json.ts";
import { withoutAttempt } from "../ledger/without-attempt.ts";
import { decideOutcome, type Decision, type Loss } from "../outcomes/decide-outcome.ts";
import type { PhoneNumber } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import { parseMessage, type Message } from "./parse-message.ts";

const hashSalt = { html: 21, error5xx: 22, latency: 23, rateLimited: 24 };

const html =
  "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

/** Handles POST /{phone_number_id}/messages. */
export function sendMessage(state: SimulatorState, number: PhoneNumber, body: Buffer): Reply {
  const request = state.requests++;
  const { faults, options, ledger } = state;
  if (number.hang) return lose(state, { how: "hang", when: "before" }, 0);
  const delayMs = drawLatency(state, number, request);
  const isHit = (share: number, salt: number): boolean =>
    share > 0 && drawShare(request, salt, options.seed) < share;
  if (isHit(faults.html, hashSalt.html)) {
    ledger.countRefusal("502", number.index);
    return { status: 502, body: html, contentType: "text/html", delayMs };
  }
  if (isHit(faults.error5xx, hashSalt.error5xx))
    return refuse(state, number, messageFailure(131000), delayMs);
  if (isHit(faults.rateLimited, hashSalt.rateLimited))
    return { ...refuse(state, number, messageFailure(130429), delayMs), status: 429 };
  try {
    const json = parseObject(body.toString("utf8"));
    // Graph treats a body it can't read as one without parameters.
    if (json?.messaging_product !== "whatsapp")
      throw parameterFailure("The parameter messaging_product is required.");
    if (json.status === "read") return { ...replyJson({ success: true }), delayMs };
    return acceptMessage(state, number, json, parseMessage(state, number, json), delayMs);
  } catch (error) {
    if (error instanceof GraphFailure) return refuse(state, number, error, delayMs);
    throw error;
  }
}

function acceptMessage(
  state: SimulatorState,
  number: PhoneNumber,
  json: JsonObject,
  message: Message,
  latencyMs: number,
): Reply {
  const { ledger, faults } = state;
  const at = nowMs();
  const limit = number.messagesPerSecond;
  if (limit > 0 && ledger.tally(number.index).rolling.count(at) >= limit)
    return refuse(state, number, messageFailure(130429), latencyMs);
  const decision = decide(state, message);
  const delayMs = latencyMs + (decision.isSlow ? faults.slowMs : 0);
  const { loss } = decision;
  if (loss?.when === "before") return lose(state, loss, delayMs);
  if (decision.replyCode !== 0)
    return refuse(state, number, messageFailure(decision.replyCode), delayMs);
  if (state.options.pairRate && !state.pairRate.take(number.index, message.recipient, at))
    return refuse(state, number, messageFailure(131056), delayMs);
  const statusCode = message.isTemplate ? decision.statusCode : 131047;
  const index = ledger.record({
    number: number.index,
    recipient: message.recipient,
    acceptedAt: at,
    template: message.template,
    category: message.category,
    callbackData: message.callbackData,
    outcome: statusCode !== 0 ? "failed" : decision.isRead ? "read" : "delivered",
    errorCode: statusCode,
    statusDelayMs: decision.isHeld ? faults.heldMs : 0,
  });
  state.webhooks.schedule(index);
  if (loss) return lose(state, loss, delayMs);
  return { status: 200, body: renderAccepted(state, json, index, decision), delayMs };
}

function decide(state: SimulatorState, message: Message): Decision {
  const { faults, options, forced, lostOnce } = state;
  const forcedDecision = forced.take(message.recipient);
  if (forcedDecision) return forcedDecision;
  const decision = decideOutcome(
    message.recipient,
    message.category === "marketing",
    faults,
    options.seed,
  );
  if (decision.loss === undefined) return decision;
  const key = `${message.recipient} ${withoutAttempt(message.callbackData) ?? ""}`;
  if (lostOnce.has(key)) return { ...decision, loss: undefined };
  lostOnce.add(key);
  return decision;
}

function renderAccepted(
  state: SimulatorState,
  json: JsonObject,
  index: number,
  decision: Decision,
): string {
  const { ledger } = state;
  const id = ledger.recipientId(index);
  const contact = ledger.isUserId(index)
    ? `{"input":${JSON.stringify(json.recipient)},"user_id":"${id}"}`
    : `{"input":${JSON.stringify(String(json.to))},"wa_id":"${id}"}`;
  const status = decision.isHeld ? "held_for_quality_assessment" : "accepted";
  return `{"messaging_product":"whatsapp","contacts":[${contact}],"messages":[{"id":"${ledger.wamid(index)}","message_status":"${status}"}]}`;
}

function lose(state: SimulatorState, { how, when }: Loss, delayMs: number): Reply {
  state.ledger[how === "cut" ? "cut" : "hung"][when]++;
  return { status: 0, body: "", [how]: true, delayMs };
}

function refuse(
  state: SimulatorState,
  number: PhoneNumber,
  failure: GraphFailure,
  delayMs: number,
): Reply {
  state.ledger.countRefusal(String(failure.answer.code), number.index);
  return { ...replyFailure(failure), delayMs };
}

// Varies the latency by ±25%, the same for the same request in every run.
function drawLatency(state: SimulatorState, number: PhoneNumber, request: number): number {
  const latencyMs = number.latencyMs ?? state.faults.latencyMs;
  if (latencyMs === 0) return 0;
  return Math.round(
    latencyMs * (0.75 + drawShare(request, hashSalt.latency, state.options.seed) / 2),
  );
}

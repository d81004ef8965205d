import { messageFailure, parameterFailure } from "../graph/graph-error.ts";
import { isObject, type JsonObject } from "../json.ts";
import { parsePhone } from "../ledger/recipients.ts";
import type { PhoneNumber } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import type { Template } from "../template/template.ts";

/** Message that obeys all rules that don't depend on time. */
export interface Message {
  readonly recipient: number;
  readonly callbackData: string | undefined;
  readonly isTemplate: boolean;
  /** Name of the template, or the type of a free-form message. */
  readonly template: string;
  /** Pricing category, in lower case as in webhooks. */
  readonly category: string;
}

const callbackDataMax = 512;
const bsuid = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

const freeFormTypes = [
  "audio",
  "contacts",
  "document",
  "image",
  "interactive",
  "location",
  "reaction",
  "sticker",
  "text",
  "video",
];

/** @throws GraphFailure if the message breaks a rule that doesn't depend on time */
export function parseMessage(
  state: SimulatorState,
  number: PhoneNumber,
  json: JsonObject,
): Message {
  const callbackData = json.biz_opaque_callback_data;
  if (callbackData !== undefined && typeof callbackData !== "string")
    throw parameterFailure("Param biz_opaque_callback_data must be a string.");
  if (callbackData !== undefined && callbackData.length > callbackDataMax)
    throw messageFailure(
      131009,
      `biz_opaque_callback_data has more than ${callbackDataMax} characters`,
    );
  const recipient = parseRecipient(state, number, json);
  const type = typeof json.type === "string" ? json.type.toLowerCase() : "text";
  if (freeFormTypes.includes(type)) {
    if (!isObject(json[type])) throw parameterFailure(`The parameter ${type} is required.`);
    return { recipient, callbackData, isTemplate: false, template: type, category: "service" };
  }
  if (type !== "template")
    throw parameterFailure(
      `Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type}".`,
    );
  const template = checkTemplate(state, number, json.template);
  if (recipient < 0 && template.category === "AUTHENTICATION") throw messageFailure(131062);
  return {
    recipient,
    callbackData,
    isTemplate: true,
    template: template.name,
    category: template.category.toLowerCase(),
  };
}

function parseRecipient(state: SimulatorState, number: PhoneNumber, json: JsonObject): number {
  if (json.to === undefined || json.to === null || json.to === "") {
    if (json.recipient === undefined) throw parameterFailure("The parameter to is required.");
    if (typeof json.recipient !== "string" || !bsuid.test(json.recipient))
      throw messageFailure(131009, "recipient is not a valid business-scoped user ID");
    return state.ledger.recipientIds.keyOfUserId(json.recipient);
  }
  if (json.recipient_type !== undefined && json.recipient_type !== "individual")
    throw messageFailure(131009, "recipient_type must be individual");
  const phone = parsePhone(
    typeof json.to === "string" || typeof json.to === "number" ? String(json.to) : "",
  );
  if (phone === -1) throw messageFailure(131009, "Recipient phone number is not valid");
  if (phone === number.phone) throw messageFailure(131021);
  return phone;
}

function checkTemplate(state: SimulatorState, number: PhoneNumber, given: unknown): Template {
  if (!isObject(given)) throw parameterFailure("The parameter template is required.");
  const name = given.name;
  const language = isObject(given.language) ? given.language.code : undefined;
  if (typeof name !== "string" || name === "")
    throw parameterFailure("The parameter template['name'] is required.");
  if (typeof language !== "string" || language === "")
    throw parameterFailure("The parameter template['language']['code'] is required.");
  const store = state.registry.waba(number.wabaId)?.templates;
  const template = store?.find(name, language);
  if (template?.status === "PAUSED") throw messageFailure(132015);
  if (template?.status === "DISABLED") throw messageFailure(132016);
  if (template?.status !== "APPROVED")
    throw messageFailure(132001, `template name (${name}) does not exist in ${language}`);
  const hasMedia = (id: string): boolean => state.media.get(id)?.wabaId === number.wabaId;
  store?.compiled(template)(given.components, hasMedia);
  return template;
}

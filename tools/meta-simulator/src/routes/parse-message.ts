import { messageFailure, parameterFailure, type GraphFailure } from "../graph/graph-error.ts";
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

export function parseMessage(
  state: SimulatorState,
  number: PhoneNumber,
  json: JsonObject,
): Message | GraphFailure {
  const callbackData = json.biz_opaque_callback_data;
  if (callbackData !== undefined && typeof callbackData !== "string")
    return parameterFailure("Param biz_opaque_callback_data must be a string.");
  if (callbackData !== undefined && callbackData.length > callbackDataMax)
    return messageFailure(
      131009,
      `biz_opaque_callback_data has more than ${callbackDataMax} characters`,
    );
  const recipient = parseRecipient(state, number, json);
  if (typeof recipient !== "number") return recipient;
  const type = typeof json.type === "string" ? json.type.toLowerCase() : "text";
  if (type !== "template")
    return freeFormTypes.includes(type)
      ? parseFreeForm(type, recipient, callbackData, json)
      : parameterFailure(
          `Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type}".`,
        );
  const template = checkTemplate(state, number, json.template);
  if ("httpStatus" in template) return template;
  if (recipient < 0 && template.category === "AUTHENTICATION") return messageFailure(131062);
  return {
    recipient,
    callbackData,
    isTemplate: true,
    template: template.name,
    category: template.category.toLowerCase(),
  };
}

function parseRecipient(
  state: SimulatorState,
  number: PhoneNumber,
  json: JsonObject,
): number | GraphFailure {
  if (json.to === undefined || json.to === null || json.to === "") {
    if (json.recipient === undefined) return parameterFailure("The parameter to is required.");
    return typeof json.recipient === "string" && bsuid.test(json.recipient)
      ? state.ledger.recipientIds.keyOfUserId(json.recipient)
      : messageFailure(131009, "recipient is not a valid business-scoped user ID");
  }
  if (json.recipient_type !== undefined && json.recipient_type !== "individual")
    return messageFailure(131009, "recipient_type must be individual");
  const phone = parsePhone(
    typeof json.to === "string" || typeof json.to === "number" ? String(json.to) : "",
  );
  if (phone === -1) return messageFailure(131009, "Recipient phone number is not valid");
  return phone === number.phone ? messageFailure(131021) : phone;
}

function parseFreeForm(
  type: string,
  recipient: number,
  callbackData: string | undefined,
  json: JsonObject,
): Message | GraphFailure {
  if (!isObject(json[type])) return parameterFailure(`The parameter ${type} is required.`);
  return { recipient, callbackData, isTemplate: false, template: type, category: "service" };
}

function checkTemplate(
  state: SimulatorState,
  number: PhoneNumber,
  given: unknown,
): Template | GraphFailure {
  if (!isObject(given)) return parameterFailure("The parameter template is required.");
  const name = given.name;
  const language = isObject(given.language) ? given.language.code : undefined;
  if (typeof name !== "string" || name === "")
    return parameterFailure("The parameter template['name'] is required.");
  if (typeof language !== "string" || language === "")
    return parameterFailure("The parameter template['language']['code'] is required.");
  const store = state.registry.waba(number.wabaId)?.templates;
  const template = store?.find(name, language);
  switch (template?.status) {
    case "APPROVED":
      break;
    case "PAUSED":
      return messageFailure(132015);
    case "DISABLED":
      return messageFailure(132016);
    case "PENDING":
    case "REJECTED":
    case "IN_APPEAL":
    case "ARCHIVED":
    case undefined:
      return messageFailure(132001, `template name (${name}) does not exist in ${language}`);
  }
  const hasMedia = (id: string): boolean => state.media.get(id)?.wabaId === number.wabaId;
  return store?.compiled(template)(given.components, hasMedia) ?? template;
}

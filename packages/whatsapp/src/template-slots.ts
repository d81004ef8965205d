import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { textLengthMax, mediaLimits, textLimits, type SlotLimits } from "./slot-limits.ts";
import {
  readTemplateComponents,
  type TemplateButton,
  type TemplateComponent,
} from "./template-components.ts";
import { fillPlaceholders, isPositional, placeholdersIn } from "./template-placeholders.ts";
import type { NeededField, TemplateVariablesProblem } from "./template-variables.ts";

export interface SendableTemplate {
  name: string;
  language: string;
  /** Null if Meta omits it. Nothing depends on it: the placeholders show the format too. */
  parameterFormat: "POSITIONAL" | "NAMED" | null;
  /** Components as Meta returns them. */
  components: unknown;
  /**
   * The fields whose values are stored with the recipients, in the order of these values, if they
   * were stored for another version of the template.
   */
  frozenFields?: readonly NeededField[] | undefined;
}

export type TemplateSlotType =
  | "text"
  | "image"
  | "video"
  | "document"
  | "location"
  | "url_suffix"
  | "quick_reply_payload"
  | "coupon_code"
  | "flow_token"
  | "expiration";

/** One variable of a template that a broadcast must or may fill. */
export interface TemplateSlot {
  /** Path of its value in `TemplateVariables`: `body.1`, `buttons.0.1`, `cards.2.header.1`. */
  path: string;
  component: "header" | "body" | "button" | "offer";
  /** Number or name of the placeholder; `"1"` for slots without one, such as media. */
  key: string;
  type: TemplateSlotType;
  /** True if a broadcast may leave it empty. The message then omits it, except for a flow token. */
  optional: boolean;
  /** True if its parameter is sent with `parameter_name`. */
  named: boolean;
  buttonIndex: number | null;
  cardIndex: number | null;
  example: string | null;
  limits: SlotLimits;
  /** Index of the button that repeats the body's one-time code; null for all other slots. */
  oneTimeCodeButtonIndex: number | null;
}

export interface TemplateInventory {
  slots: TemplateSlot[];
  /** Parts that can't be sent. A broadcast with such a template is refused. */
  unsupported: TemplateVariablesProblem[];
}

/** Returns the template's slots in the order of its components. */
export function templateSlots(template: Pick<SendableTemplate, "components">): TemplateSlot[] {
  return inventoryOf(template).slots;
}

/** Returns the template's slots and the parts that can't be sent. */
export function inventoryOf(template: Pick<SendableTemplate, "components">): TemplateInventory {
  return inventory(readTemplateComponents(template.components), null);
}

function inventory(
  components: readonly TemplateComponent[],
  cardIndex: number | null,
): TemplateInventory {
  const prefix = cardIndex === null ? "" : `cards.${cardIndex}.`;
  const found: TemplateInventory = { slots: [], unsupported: [] };
  const refuse = (path: string, message: string) =>
    found.unsupported.push({ path: prefix + path, problem: "unsupported", message });
  const add = (slot: Partial<TemplateSlot> & SlotCore) =>
    found.slots.push({ ...slotDefaults, cardIndex, ...slot, path: prefix + slot.path });

  const oneTimeCodeButtonIndex = oneTimeCodeButtonOf(components);
  for (const component of components) {
    switch (component.type) {
      case "HEADER":
        addHeader(component, add, refuse);
        break;
      case "BODY":
        addBody(component, oneTimeCodeButtonIndex, add);
        break;
      case "BUTTONS":
        for (const [index, button] of (component.buttons ?? []).entries()) {
          if (index !== oneTimeCodeButtonIndex) addButton(button, index, add, refuse);
        }
        break;
      case "CAROUSEL":
        for (const [index, card] of (component.cards ?? []).entries()) {
          const ofCard = inventory(card.components, index);
          found.slots.push(...ofCard.slots);
          found.unsupported.push(...ofCard.unsupported);
        }
        break;
      case "LIMITED_TIME_OFFER":
        if (component.limited_time_offer?.has_expiration) {
          add({ path: "offer.1", component: "offer", key: "1", type: "expiration" });
        }
        break;
      default: // FOOTER, CALL_PERMISSION_REQUEST and unknown types have nothing to fill.
    }
  }
  return found;
}

type SlotCore = Pick<TemplateSlot, "path" | "component" | "key" | "type">;
type AddSlot = (slot: Partial<TemplateSlot> & SlotCore) => void;
type Refuse = (path: string, message: string) => void;

const slotDefaults = {
  optional: false,
  named: false,
  buttonIndex: null,
  cardIndex: null,
  example: null,
  limits: { lengthMax: null, bytesMax: null, mimeTypes: null },
  oneTimeCodeButtonIndex: null,
} as const satisfies Partial<TemplateSlot>;

function addHeader(component: TemplateComponent, add: AddSlot, refuse: Refuse): void {
  const format = component.format ?? "TEXT";
  switch (format) {
    case "TEXT": {
      const examples = component.example?.header_text;
      const namedExamples = component.example?.header_text_named_params;
      addTexts("header", component.text ?? "", examples, namedExamples, add);
      return;
    }
    case "IMAGE":
    case "VIDEO":
    case "DOCUMENT": {
      const type = ({ IMAGE: "image", VIDEO: "video", DOCUMENT: "document" } as const)[format];
      const example = stringOrNull(component.example?.header_handle?.[0]);
      const limits = mediaLimits[type];
      add({ path: "header.1", component: "header", key: "1", type, example, limits });
      return;
    }
    case "LOCATION":
      add({ path: "header.1", component: "header", key: "1", type: "location" });
      return;
    default:
      refuse("header", `A header of the kind ${format} can't be sent yet.`);
  }
}

function addBody(
  component: TemplateComponent,
  oneTimeCodeButtonIndex: number | null,
  add: AddSlot,
): void {
  if (oneTimeCodeButtonIndex !== null) {
    // Meta writes an authentication body; until it has, the text is absent.
    const [key = "1"] = placeholdersIn(component.text ?? "");
    const named = !isPositional(key);
    const path = `body.${key}`;
    const limits = textLimits(textLengthMax.oneTimeCode);
    add({ path, component: "body", key, type: "text", named, limits, oneTimeCodeButtonIndex });
    return;
  }
  const examples = component.example?.body_text;
  const first: unknown = Array.isArray(examples) ? examples[0] : undefined;
  const row: unknown[] = Array.isArray(first) ? first : [first ?? examples];
  const namedExamples = component.example?.body_text_named_params;
  addTexts("body", component.text ?? "", row, namedExamples, add);
}

function addTexts(
  component: "header" | "body",
  text: string,
  examples: readonly unknown[] | null | undefined,
  namedExamples: readonly unknown[] | null | undefined,
  add: AddSlot,
): void {
  const fixed = fillPlaceholders(text, () => "").length;
  const limits = textLimits(Math.max(0, textLengthMax[component] - fixed));
  for (const [index, key] of placeholdersIn(text).entries()) {
    const named = !isPositional(key);
    const example = named ? namedExample(namedExamples, key) : stringOrNull(examples?.[index]);
    add({ path: `${component}.${key}`, component, key, type: "text", named, example, limits });
  }
}

function addButton(button: TemplateButton, index: number, add: AddSlot, refuse: Refuse): void {
  const core = { component: "button", buttonIndex: index } as const;
  const addOne = (slot: Partial<TemplateSlot> & Pick<TemplateSlot, "type">, lengthMax: number) =>
    add({ ...core, path: `buttons.${index}.1`, key: "1", limits: textLimits(lengthMax), ...slot });
  const example = stringOrNull(Array.isArray(button.example) ? button.example[0] : button.example);
  switch (button.type) {
    case "URL":
      for (const key of placeholdersIn(button.url ?? "")) {
        const limits = textLimits(textLengthMax.urlSuffix);
        add({ ...core, path: `buttons.${index}.${key}`, key, type: "url_suffix", example, limits });
      }
      return;
    case "COPY_CODE":
      addOne({ type: "coupon_code", example }, textLengthMax.couponCode);
      return;
    case "QUICK_REPLY":
      addOne({ type: "quick_reply_payload", optional: true }, textLengthMax.payload);
      return;
    case "FLOW":
      addOne({ type: "flow_token", optional: true }, textLengthMax.flowToken);
      return;
    // These need no parameters: a catalog's thumbnail and a call's lifetime are optional.
    case "PHONE_NUMBER":
    case "VOICE_CALL":
    case "CATALOG":
      return;
    default:
      refuse(`buttons.${index}`, `A button of the kind ${button.type} can't be sent yet.`);
  }
}

// Created as an OTP button; Meta returns it as a URL button that links to Meta's code page.
function oneTimeCodeButtonOf(components: readonly TemplateComponent[]): number | null {
  const buttons = components.find((component) => component.type === "BUTTONS")?.buttons ?? [];
  const index = buttons.findIndex(
    (button) =>
      button.type === "OTP" ||
      (button.type === "URL" && /^https:\/\/www\.whatsapp\.com\/otp\//i.test(button.url ?? "")),
  );
  return index === -1 ? null : index;
}

function namedExample(
  examples: readonly unknown[] | null | undefined,
  name: string,
): string | null {
  for (const entry of examples ?? []) {
    if (isRecord(entry) && entry["param_name"] === name && "example" in entry) {
      return stringOrNull(entry["example"]);
    }
  }
  return null;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

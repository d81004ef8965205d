import { z } from "zod";
import { sanitizeText } from "./sanitize-value.ts";
import {
  inventoryOf,
  type SendableTemplate,
  type TemplateSlot,
  type TemplateSlotType,
} from "./template-slots.ts";
import {
  TemplateVariablesError,
  type ComponentVariables,
  type NeededField,
  type TemplateVariables,
  type TemplateVariablesProblem,
  type VariableValue,
} from "./template-variables.ts";
import { unknownVariables } from "./unknown-variables.ts";

/** Content of a slot: the same for all, or the recipient's value at an index of `fields`. */
export type SlotContent =
  | { kind: "text"; text: string }
  | { kind: "field"; index: number }
  | Extract<VariableValue, { source: "media" | "location" }>;

export interface BoundSlot {
  slot: TemplateSlot;
  content: SlotContent;
}

const unusedFlowToken = { kind: "text", text: "unused" } as const;
const contactField = /^(?:phone|name|email|attributes\..+)$/s;
const sourceWords = {
  text: "a contact field or a text",
  image: "an image",
  video: "a video",
  document: "a document",
  location: "a location",
  url_suffix: "a contact field or a text",
  quick_reply_payload: "a contact field or a text",
  coupon_code: "a contact field or a text",
  flow_token: "a contact field or a text",
  expiration: "a text with the time at which the offer ends, like 2027-01-31T18:00:00Z,",
} as const satisfies Record<TemplateSlotType, string>;

export interface FittedVariables {
  /**
   * Contact fields in the order of the template's slots, each pair of field and fallback once; or
   * `frozenFields`, also those that no slot uses.
   */
  fields: NeededField[];
  /** The slots whose variables fit. */
  bound: BoundSlot[];
  problems: TemplateVariablesProblem[];
}

export type FittedTemplate = Pick<SendableTemplate, "components" | "frozenFields">;

/**
 * Fits a broadcast's variables to its template and reports the ones that don't fit. If the template
 * has `frozenFields`, a slot that needs another field doesn't fit, and variables of slots that the
 * template no longer has are ignored.
 */
export function fitVariables(
  template: FittedTemplate,
  variables: TemplateVariables,
): FittedVariables {
  const { frozenFields } = template;
  const { slots, unsupported } = inventoryOf(template);
  const unknown = frozenFields === undefined ? unknownVariables(slots, variables) : [];
  const problems = [...unsupported, ...unknown];
  const fields = [...(frozenFields ?? [])];
  const bound: BoundSlot[] = [];
  for (const slot of slots) {
    const value = valueFor(slot, variables);
    if (value === undefined) {
      if (!slot.optional)
        problems.push({ path: slot.path, problem: "missing", message: need(slot) });
      // A message must contain its flow button, with a placeholder token if none is given.
      if (slot.type === "flow_token") bound.push({ slot, content: unusedFlowToken });
      continue;
    }
    const problem = problemWith(slot, value) ?? problemWithFrozen(value, frozenFields);
    if (problem) problems.push({ path: slot.path, ...problem });
    else bound.push({ slot, content: contentOf(value, fields) });
  }
  return { fields, bound, problems };
}

/**
 * Fits a broadcast's variables to its template.
 * @throws TemplateVariablesError with every problem, if one or more variables don't fit
 */
export function bindVariables(
  template: FittedTemplate,
  variables: TemplateVariables,
): Omit<FittedVariables, "problems"> {
  const { fields, bound, problems } = fitVariables(template, variables);
  if (problems.length > 0) throw new TemplateVariablesError(problems);
  return { fields, bound };
}

function valueFor(slot: TemplateSlot, variables: TemplateVariables): VariableValue | undefined {
  const record = recordFor(slot, variables);
  return record && Object.hasOwn(record, slot.key) ? record[slot.key] : undefined;
}

function recordFor(
  slot: TemplateSlot,
  variables: TemplateVariables,
): Record<string, VariableValue> | undefined {
  if (slot.component === "offer") return variables.offer;
  const of: ComponentVariables | undefined =
    slot.cardIndex === null ? variables : variables.cards?.[slot.cardIndex];
  return slot.component === "button" ? of?.buttons?.[slot.buttonIndex ?? 0] : of?.[slot.component];
}

function contentOf(value: VariableValue, fields: NeededField[]): SlotContent {
  if (value.source === "text") return { kind: "text", text: value.value };
  if (value.source === "field") {
    const needed = { field: value.field, fallback: value.fallback ?? null };
    const known = indexIn(fields, needed);
    return { kind: "field", index: known === -1 ? fields.push(needed) - 1 : known };
  }
  return value;
}

function indexIn(fields: readonly NeededField[], needed: NeededField): number {
  return fields.findIndex(
    ({ field, fallback }) => field === needed.field && fallback === needed.fallback,
  );
}

function need(slot: TemplateSlot): string {
  return `The template needs ${sourceWords[slot.type]} here.`;
}

type Problem = Omit<TemplateVariablesProblem, "path">;

function problemWith(slot: TemplateSlot, value: VariableValue): Problem | null {
  const wrongType: Problem = { problem: "wrong_type", message: need(slot) };
  if (slot.type === "image" || slot.type === "video" || slot.type === "document") {
    return value.source === "media" ? problemWithMedia(value) : wrongType;
  }
  if (slot.type === "location") {
    return value.source === "location" ? problemWithLocation(value) : wrongType;
  }
  if (slot.type === "expiration") {
    return value.source === "text" && isTime(value.value) ? null : wrongType;
  }
  if (value.source === "text") return problemWithText(value.value, slot.limits.lengthMax);
  return value.source === "field" ? problemWithField(value.field) : wrongType;
}

function problemWithText(text: string, lengthMax: number | null): Problem | null {
  const { length } = sanitizeText(text);
  if (length === 0) return { problem: "empty", message: "Meta doesn't take an empty text." };
  if (lengthMax === null || length <= lengthMax) return null;
  const message = `The text has ${length} characters; Meta takes ${lengthMax} here.`;
  return { problem: "too_long", message };
}

function isTime(text: string): boolean {
  return z.iso.datetime({ offset: true }).safeParse(text).success;
}

function problemWithField(field: string): Problem | null {
  if (contactField.test(field)) return null;
  const message = "The field must be phone, name, email or attributes.<name>.";
  return { problem: "unknown_field", message };
}

function problemWithFrozen(
  value: VariableValue,
  frozenFields: readonly NeededField[] | undefined,
): Problem | null {
  if (value.source !== "field" || frozenFields === undefined) return null;
  const { field } = value;
  if (indexIn(frozenFields, { field, fallback: value.fallback ?? null }) !== -1) return null;
  const message = `The recipients' values of ${field} were not stored at the launch.`;
  return { problem: "unknown_field", message };
}

function problemWithMedia(media: Extract<VariableValue, { source: "media" }>): Problem | null {
  if ((media.link === undefined) === (media.mediaId === undefined)) {
    return { problem: "wrong_type", message: "Give either a link or a media id." };
  }
  if (media.mediaId === "") return { problem: "empty", message: "The media id is empty." };
  if (media.link === undefined || isWebLink(media.link)) return null;
  return { problem: "wrong_type", message: "The link must start with https:// or http://." };
}

function isWebLink(link: string): boolean {
  return URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
}

function problemWithLocation(
  location: Extract<VariableValue, { source: "location" }>,
): Problem | null {
  const { latitude, longitude } = location;
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return null;
  const message = "Latitude is within −90 and 90, longitude within −180 and 180 degrees.";
  return { problem: "wrong_type", message };
}

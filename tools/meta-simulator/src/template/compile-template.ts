import { messageFailure, parameterFailure } from "../graph/graph-error.ts";
import { isObject, type JsonObject } from "../json.ts";
import { checkButtons, compileButtons } from "./check-buttons.ts";
import { checkMediaHeader, type HasMedia } from "./check-header.ts";
import { checkText, type TextRules } from "./check-text.ts";
import { findSlots } from "./placeholders.ts";
import type { Template, TemplateComponent } from "./template.ts";

const bodyMax = 1024;
const headerMax = 60;

const componentTypes = new Set([
  "header",
  "body",
  "button",
  "carousel",
  "limited_time_offer",
  "order_status",
  "tap_target_configuration",
]);

type Check = (given: Given, hasMedia: HasMedia) => void;

/** Components of a message by type, and its buttons. */
interface Given {
  readonly byType: ReadonlyMap<string, JsonObject>;
  readonly buttons: readonly JsonObject[];
}

/**
 * Checks the `components` of a message against its template.
 * @throws GraphFailure for the first part that doesn't fit
 */
export type CompiledTemplate = (components: unknown, hasMedia: HasMedia) => void;

/** Compiles a template once, so that checking a message doesn't parse the template. */
export function compileTemplate(template: Template): CompiledTemplate {
  return compileComponents(template.components, template.parameter_format === "NAMED", "");
}

function compileComponents(
  components: readonly TemplateComponent[],
  isNamed: boolean,
  prefix: string,
): CompiledTemplate {
  const find = (type: string): TemplateComponent | undefined =>
    components.find((component) => component.type === type);
  const checks: Check[] = [
    compileHeader(find("HEADER"), isNamed, `${prefix}header`),
    compileText(`${prefix}body`, find("BODY")?.text ?? "", isNamed, bodyMax),
  ];
  const offer = find("LIMITED_TIME_OFFER");
  if (offer?.limited_time_offer?.has_expiration) checks.push(checkOffer);
  const buttons = compileButtons(find("BUTTONS")?.buttons ?? []);
  checks.push((given) => checkButtons(`${prefix}buttons`, buttons, given.buttons));
  const cards = find("CAROUSEL")?.cards;
  if (cards) checks.push(compileCarousel(cards, isNamed));
  return (list, hasMedia) => {
    const given = sortComponents(list);
    for (const check of checks) check(given, hasMedia);
  };
}

function sortComponents(components: unknown): Given {
  const byType = new Map<string, JsonObject>();
  const buttons: JsonObject[] = [];
  if (components === undefined || components === null) return { byType, buttons };
  if (!Array.isArray(components))
    throw parameterFailure("Param template['components'] must be an array.");
  for (const [index, component] of components.entries()) {
    const type = isObject(component) ? String(component.type).toLowerCase() : "";
    if (!isObject(component) || !componentTypes.has(type))
      throw parameterFailure(
        `Param template['components'][${index}]['type'] must be one of {HEADER, BODY, BUTTON, CAROUSEL, LIMITED_TIME_OFFER, ORDER_STATUS, TAP_TARGET_CONFIGURATION}`,
      );
    if (type === "button") buttons.push(component);
    else byType.set(type, component);
  }
  return { byType, buttons };
}

function parametersOf(component: JsonObject | undefined): readonly unknown[] {
  return Array.isArray(component?.parameters) ? component.parameters : [];
}

function compileText(part: string, text: string, isNamed: boolean, lengthMax: number): Check {
  const slots = findSlots(text);
  const rules: TextRules = { part, slots, isNamed: isNamed && slots.names.length > 0, lengthMax };
  const type = part.endsWith("header") ? "header" : "body";
  return (given) => checkText(rules, parametersOf(given.byType.get(type)));
}

function compileHeader(
  header: TemplateComponent | undefined,
  isNamed: boolean,
  part: string,
): Check {
  const format = header?.format ?? "TEXT";
  if (format === "TEXT") return compileText(part, header?.text ?? "", isNamed, headerMax);
  return (given, hasMedia) =>
    checkMediaHeader(part, format, parametersOf(given.byType.get("header")), hasMedia);
}

function checkOffer(given: Given): void {
  const [parameter] = parametersOf(given.byType.get("limited_time_offer"));
  const offer = isObject(parameter) ? parameter.limited_time_offer : undefined;
  if (!isObject(offer) || !Number.isFinite(Number(offer.expiration_time_ms ?? Number.NaN)))
    throw messageFailure(
      131008,
      "limited_time_offer: Parameter of type limited_time_offer is missing expiration_time_ms",
    );
}

function compileCarousel(
  cards: readonly { readonly components: readonly TemplateComponent[] }[],
  isNamed: boolean,
): Check {
  const compiled = cards.map((card, index) =>
    compileComponents(card.components, isNamed, `carousel card ${index} `),
  );
  return (given, hasMedia) => {
    const list = given.byType.get("carousel")?.cards;
    const count = Array.isArray(list) ? list.length : 0;
    if (!Array.isArray(list) || count !== compiled.length)
      throw messageFailure(
        132012,
        `carousel: number of cards (${count}) does not match the expected number of cards (${compiled.length})`,
      );
    for (const [position, card] of list.entries()) {
      if (!isObject(card)) throw parameterFailure("Param cards must be a list of objects.");
      const check = compiled[Number(card.card_index ?? position)];
      if (check === undefined) throw messageFailure(131009, "carousel: card_index is not valid");
      check(card.components, hasMedia);
    }
  };
}

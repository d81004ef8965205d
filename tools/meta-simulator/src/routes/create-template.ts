import { parameterFailure, templateFailure } from "../graph/graph-error.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import { changeTemplateStatus } from "../template/change-template-status.ts";
import type {
  Template,
  TemplateButton,
  TemplateComponent,
  TemplateDefinition,
} from "../template/template.ts";
import { readParameters } from "./read-parameters.ts";
import type { GraphRequest } from "./request.ts";

const categories = ["MARKETING", "UTILITY", "AUTHENTICATION"] as const;

/**
 * Handles POST /{waba_id}/message_templates: the template is PENDING, and APPROVED after a moment.
 */
export function createTemplate(state: SimulatorState, waba: Waba, request: GraphRequest): Reply {
  const definition = readDefinition(state, readParameters(request));
  if (waba.templates.find(definition.name, definition.language))
    throw templateFailure(
      2388024,
      "Content in this language already exists",
      "There is already content in this language for this template.",
    );
  const template = waba.templates.add(definition);
  review(state, waba, template);
  return replyJson({ id: template.id, status: template.status, category: template.category });
}

/** Handles POST /{template_id}: the template is PENDING again, then APPROVED. */
export function editTemplate(
  state: SimulatorState,
  waba: Waba,
  template: Template,
  request: GraphRequest,
): Reply {
  if (
    template.status !== "APPROVED" &&
    template.status !== "REJECTED" &&
    template.status !== "PAUSED"
  )
    throw templateFailure(
      2388062,
      "Template can't be edited",
      "Only approved, rejected and paused templates can be edited.",
    );
  const { category = template.category, components = template.components } =
    readParameters(request);
  const { name, language, parameter_format } = template;
  const edited = readDefinition(state, {
    name,
    language,
    parameter_format,
    category,
    components,
  });
  review(state, waba, waba.templates.replace(template, edited));
  return replyJson({ success: true });
}

function review(state: SimulatorState, waba: Waba, template: Template): void {
  const timer = setTimeout(() => {
    state.timers.delete(timer);
    const current = waba.templates.find(template.name, template.language);
    if (current?.id === template.id) changeTemplateStatus(state, waba, current, "APPROVED");
  }, state.options.templateReviewMs);
  state.timers.add(timer);
}

function readDefinition(state: SimulatorState, parameters: JsonObject): TemplateDefinition {
  const { name, language } = parameters;
  if (typeof name !== "string" || !/^[a-z0-9_]{1,512}$/.test(name))
    throw parameterFailure("Param name must be lowercase letters, digits and underscores.");
  if (typeof language !== "string" || !/^[a-z]{2,3}(_[A-Z]{2,3})?$/.test(language))
    throw parameterFailure("Param language must be a supported language code.");
  const category = categories.find((each) => each === String(parameters.category).toUpperCase());
  if (category === undefined)
    throw parameterFailure("Param category must be one of {AUTHENTICATION, MARKETING, UTILITY}.");
  if (!Array.isArray(parameters.components) || !parameters.components.every(isObject))
    throw parameterFailure("Param components must be an array of objects.");
  const components = parameters.components.map(readComponent);
  checkContent(components, category);
  checkHandles(state, components);
  const isNamed = String(parameters.parameter_format).toUpperCase() === "NAMED";
  return {
    name,
    language,
    category,
    status: "PENDING",
    parameter_format: isNamed ? "NAMED" : "POSITIONAL",
    components,
  };
}

// Types and formats are accepted in any case and returned in upper case.
function readComponent(given: JsonObject): TemplateComponent {
  const { buttons, cards } = given;
  return {
    ...given,
    type: String(given.type).toUpperCase(),
    ...(typeof given.format === "string" ? { format: given.format.toUpperCase() } : {}),
    ...(Array.isArray(buttons) ? { buttons: buttons.filter(isObject).map(readButton) } : {}),
    ...(Array.isArray(cards)
      ? {
          cards: cards.filter(isObject).map((card) => ({
            components: Array.isArray(card.components)
              ? card.components.filter(isObject).map(readComponent)
              : [],
          })),
        }
      : {}),
  };
}

function readButton(given: JsonObject): TemplateButton {
  return { ...given, type: String(given.type).toUpperCase() };
}

function checkContent(components: readonly TemplateComponent[], category: string): void {
  const body = components.find((component) => component.type === "BODY");
  if (body === undefined)
    throw templateFailure(2388072, "Message body is missing", "A template needs a BODY component.");
  const text = body.text ?? "";
  if (text === "" && category !== "AUTHENTICATION")
    throw templateFailure(2388072, "Message body is missing", "The BODY component needs a text.");
  if (text.length > 1024)
    throw templateFailure(
      2388040,
      "Character limit exceeded",
      "The body can have 1024 characters.",
    );
  if (/^\s*\{\{\w+\}\}/.test(text) || /\{\{\w+\}\}\s*[.!?]?\s*$/.test(text))
    throw templateFailure(
      2388299,
      "Variables can't be at the start or end of the template",
      "This template has a variable at its start or end.",
    );
  const header = components.find((component) => component.type === "HEADER");
  if ((header?.text ?? "").length > 60)
    throw templateFailure(
      2388040,
      "Character limit exceeded",
      "The header can have 60 characters.",
    );
  const footer = components.find((component) => component.type === "FOOTER");
  if ((footer?.text ?? "").length > 60)
    throw templateFailure(
      2388040,
      "Character limit exceeded",
      "The footer can have 60 characters.",
    );
}

/**
 * Checks that the example of each media header is a handle of the Resumable Upload API, or an https
 * URL as Meta returns it.
 */
function checkHandles(state: SimulatorState, components: readonly TemplateComponent[]): void {
  const inCards = components.flatMap(({ cards = [] }) => cards.flatMap((card) => card.components));
  for (const { type, format, example } of [...components, ...inCards]) {
    if (type !== "HEADER" || !["IMAGE", "VIDEO", "DOCUMENT"].includes(format ?? "")) continue;
    const handles = isObject(example) ? example.header_handle : undefined;
    const handle: unknown = Array.isArray(handles) ? handles[0] : undefined;
    const isKnown =
      typeof handle === "string" &&
      (state.uploads.hasHandle(handle) || handle.startsWith("https:"));
    if (!isKnown)
      throw templateFailure(
        2388273,
        "Invalid media handle",
        "The media of the header's example was not found. Upload it again.",
      );
  }
}

import { isJson, jsonOf, listOf, textOf, type Json } from "../../../api/json.ts";
import type { Template } from "../../../api/types.ts";
import {
  draftId,
  emptyHeader,
  newDraft,
  variablesIn,
  type ButtonDraft,
  type Category,
  type HeaderDraft,
  type HeaderFormat,
  type TemplateDraft,
  type TextDraft,
} from "./template-draft.ts";

/** Returns the editor's draft of a template. */
export function draftOfTemplate(template: Template): TemplateDraft {
  const components = template.components.filter(isJson);
  const find = (type: string) => components.find((component) => component["type"] === type);
  const carousel = find("CAROUSEL");
  const offer = jsonOf(find("LIMITED_TIME_OFFER")?.["limited_time_offer"]);
  const body = find("BODY");
  return {
    ...newDraft("", template.language),
    name: template.name,
    category: categoryOf(template.category),
    kind: carousel ? "carousel" : find("LIMITED_TIME_OFFER") ? "offer" : "standard",
    parameterFormat: template.parameterFormat === "NAMED" ? "NAMED" : "POSITIONAL",
    ...readParts(components),
    footer: textOf(find("FOOTER")?.["text"]),
    offer: { text: textOf(offer["text"]), hasExpiration: offer["has_expiration"] !== false },
    cards: listOf(carousel?.["cards"])
      .filter(isJson)
      .map((card) => ({
        id: draftId(),
        ...readParts(listOf(card["components"]).filter(isJson)),
      })),
    code: {
      advice: body?.["add_security_recommendation"] === true,
      minutes: minutesOf(find("FOOTER")?.["code_expiration_minutes"]),
      buttonText: textOf(jsonOf(listOf(find("BUTTONS")?.["buttons"])[0])["text"]) || "Copy code",
    },
  };
}

function readParts(components: Json[]) {
  const find = (type: string) => components.find((component) => component["type"] === type);
  return {
    header: readHeader(find("HEADER")),
    body: readBody(find("BODY")),
    buttons: listOf(find("BUTTONS")?.["buttons"]).filter(isJson).map(readButton),
  };
}

function readHeader(component: Json | undefined): HeaderDraft {
  if (component === undefined) return emptyHeader;
  const example = jsonOf(component["example"]);
  const [text] = listOf(example["header_text"]);
  const [named] = listOf(example["header_text_named_params"]);
  const [handle] = listOf(example["header_handle"]);
  return {
    ...emptyHeader,
    format: formatOf(component["format"]),
    text: textOf(component["text"]),
    example: textOf(text) || textOf(jsonOf(named)["example"]),
    handle: textOf(handle) || null,
    fileName: textOf(handle) === "" ? null : "The example that Meta has",
  };
}

function readBody(component: Json | undefined): TextDraft {
  const text = textOf(component?.["text"]);
  const example = jsonOf(component?.["example"]);
  const [row] = listOf(example["body_text"]);
  const values = Array.isArray(row) ? row : listOf(example["body_text"]);
  const named = listOf(example["body_text_named_params"]).filter(isJson);
  const examples = variablesIn(text).map((name, index): [string, string] => {
    const param = named.find((entry) => entry["param_name"] === name);
    return [name, param ? textOf(param["example"]) : textOf(values[index])];
  });
  return { text, examples: Object.fromEntries(examples) };
}

function readButton(button: Json): ButtonDraft {
  const type = textOf(button["type"]);
  const example: unknown = Array.isArray(button["example"])
    ? button["example"][0]
    : button["example"];
  return {
    id: draftId(),
    type:
      type === "QUICK_REPLY" || type === "URL" || type === "PHONE_NUMBER" || type === "COPY_CODE"
        ? type
        : "OTHER",
    text: textOf(button["text"]),
    url: textOf(button["url"]),
    phone: textOf(button["phone_number"]),
    example: textOf(example),
    raw: button,
  };
}

function formatOf(format: unknown): HeaderFormat {
  switch (format) {
    case "IMAGE":
    case "VIDEO":
    case "DOCUMENT":
    case "LOCATION":
      return format;
    default:
      return "TEXT";
  }
}

function categoryOf(category: string): Category {
  return category === "UTILITY" || category === "AUTHENTICATION" ? category : "MARKETING";
}

function minutesOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

import { isJson, jsonOf, listOf, textOf, type Json } from "../api/json.ts";
import type { MessagePreview } from "../api/types.ts";

type Card = NonNullable<MessagePreview["cards"]>[number];

/** Converts a template's components from Meta to a preview with their samples filled in. */
export function previewComponents(components: readonly unknown[]): MessagePreview {
  const message: MessagePreview = { body: "", buttons: [] };
  for (const component of components.filter(isJson)) {
    switch (textOf(component["type"]).toUpperCase()) {
      case "LIMITED_TIME_OFFER": {
        const offer = jsonOf(component["limited_time_offer"]);
        message.offer = {
          text: textOf(offer["text"]),
          expiresAt: offer["has_expiration"] === false ? null : "an end",
        };
        break;
      }
      case "CAROUSEL":
        message.cards = listOf(component["cards"])
          .filter(isJson)
          .map((card) => previewCard(listOf(card["components"])));
        break;
      default:
        break;
    }
  }
  return { ...message, ...previewCard(components) };
}

function previewCard(components: readonly unknown[]): Card {
  const card: Card = { body: "", buttons: [] };
  for (const component of components.filter(isJson)) {
    const text = textOf(component["text"]);
    const example = jsonOf(component["example"]);
    switch (textOf(component["type"]).toUpperCase()) {
      case "HEADER":
        card.header = previewHeader(component, text, example);
        break;
      case "BODY":
        card.body =
          "add_security_recommendation" in component && text === ""
            ? codeText(component)
            : fill(text, [firstRow(example["body_text"]), example["body_text_named_params"]]);
        break;
      case "FOOTER":
        card.footer = text === "" ? expiryText(component) : text;
        break;
      case "BUTTONS":
        card.buttons = listOf(component["buttons"]).filter(isJson).map(previewButton);
        break;
      default:
        break;
    }
  }
  return card;
}

function previewHeader(component: Json, text: string, example: Json): NonNullable<Card["header"]> {
  const format = textOf(component["format"]).toUpperCase() || "TEXT";
  switch (format) {
    case "IMAGE":
    case "GIF":
    case "VIDEO":
    case "DOCUMENT": {
      const [handle] = listOf(example["header_handle"]);
      const link = textOf(handle);
      return {
        kind: format === "DOCUMENT" ? "document" : format === "IMAGE" ? "image" : "video",
        link: URL.canParse(link) ? link : null,
        mediaId: null,
        filename: null,
      };
    }
    case "LOCATION":
      return {
        kind: "location",
        latitude: 0,
        longitude: 0,
        name: "Name of the place",
        address: "Address",
      };
    default:
      return {
        kind: "text",
        text: fill(text, [example["header_text"], example["header_text_named_params"]]),
      };
  }
}

function previewButton(button: Json): Card["buttons"][number] {
  const type = textOf(button["type"]).toUpperCase();
  const text = textOf(button["text"]) || (type === "COPY_CODE" ? "Copy offer code" : "Copy code");
  const url = textOf(button["url"]);
  const phoneNumber = textOf(button["phone_number"]);
  return { type, text, ...(url && { url }), ...(phoneNumber && { phoneNumber }) };
}

// Meta writes the texts of authentication templates.
function codeText(component: Json): string {
  const advice = component["add_security_recommendation"] === true;
  return `*123456* is your verification code.${advice ? " For your security, do not share this code." : ""}`;
}

function expiryText(component: Json): string {
  const minutes = component["code_expiration_minutes"];
  return typeof minutes === "number" ? `This code expires in ${minutes} minutes.` : "";
}

function fill(text: string, [positional, named]: [unknown, unknown]): string {
  const values = listOf(positional).map(textOf);
  const byName = new Map(
    listOf(named)
      .filter(isJson)
      .map((entry) => [textOf(entry["param_name"]), textOf(entry["example"])]),
  );
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, key: string) => {
    const value = /^\d+$/.test(key) ? values[Number(key) - 1] : byName.get(key);
    return value || placeholder;
  });
}

function firstRow(rows: unknown): unknown {
  const [first] = listOf(rows);
  return Array.isArray(first) ? first : rows;
}

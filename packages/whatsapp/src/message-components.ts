import type { BoundSlot, SlotContent } from "./bind-variables.ts";
import { Hole, type JsonNode } from "./json-segments.ts";
import { sanitizeText, sanitizeUrlSuffix } from "./sanitize-value.ts";

const buttonSubTypes: Readonly<Record<string, string>> = {
  url_suffix: "url",
  quick_reply_payload: "quick_reply",
  coupon_code: "copy_code",
  flow_token: "flow",
};

const componentTypes = [
  ["header", "header"],
  ["body", "body"],
  ["offer", "limited_time_offer"],
] as const;

/** Returns a message's `template.components`, with a hole for each value of the recipient's own. */
export function messageComponents(bound: readonly BoundSlot[]): JsonNode[] {
  const ofMessage = componentsOf(bound.filter(({ slot }) => slot.cardIndex === null));
  const cardIndexes = [...new Set(bound.flatMap(({ slot }) => slot.cardIndex ?? []))];
  if (cardIndexes.length === 0) return ofMessage;
  const cards = cardIndexes.map((cardIndex) => ({
    card_index: cardIndex,
    components: componentsOf(bound.filter(({ slot }) => slot.cardIndex === cardIndex)),
  }));
  return [...ofMessage, { type: "carousel", cards }];
}

function componentsOf(bound: readonly BoundSlot[]): JsonNode[] {
  const components: JsonNode[] = [];
  for (const [component, type] of componentTypes) {
    const parameters = bound
      .filter(({ slot }) => slot.component === component)
      .map((item) => parameterOf(item));
    if (parameters.length > 0) components.push({ type, parameters });
  }
  for (const item of bound) {
    const { slot } = item;
    if (slot.buttonIndex !== null) {
      const subType = buttonSubTypes[slot.type] ?? "url";
      components.push(buttonComponent(subType, slot.buttonIndex, parameterOf(item)));
    }
    if (slot.oneTimeCodeButtonIndex !== null) {
      // Meta requires the code twice, letter for letter, so it isn't percent-encoded here.
      const code = { type: "text", text: textOf(item.content, sanitizeText) };
      components.push(buttonComponent("url", slot.oneTimeCodeButtonIndex, code));
    }
  }
  return components;
}

function buttonComponent(subType: string, index: number, parameter: JsonNode): JsonNode {
  return { type: "button", sub_type: subType, index: String(index), parameters: [parameter] };
}

function parameterOf({ slot, content }: BoundSlot): JsonNode {
  switch (slot.type) {
    case "image":
    case "video":
    case "document":
      return { type: slot.type, [slot.type]: mediaOf(content, slot.type === "document") };
    case "location":
      return { type: "location", location: locationOf(content) };
    case "url_suffix":
      return { type: "text", text: textOf(content, sanitizeUrlSuffix) };
    case "quick_reply_payload":
      return { type: "payload", payload: textOf(content, sanitizeText) };
    case "flow_token":
      return { type: "action", action: { flow_token: textOf(content, sanitizeText) } };
    case "expiration": {
      if ("source" in content || content.kind !== "text") throw new TypeError("not a time");
      const offer = { expiration_time_ms: Date.parse(content.text) };
      return { type: "limited_time_offer", limited_time_offer: offer };
    }
    case "coupon_code":
      return { type: "coupon_code", coupon_code: textOf(content, sanitizeText) };
    case "text":
      return {
        type: "text",
        ...(slot.named && { parameter_name: slot.key }),
        text: textOf(content, sanitizeText),
      };
    default:
      return slot.type satisfies never;
  }
}

function textOf(content: SlotContent, sanitize: (value: string) => string): JsonNode {
  if ("source" in content) throw new TypeError("media and locations are no text");
  return content.kind === "text" ? sanitize(content.text) : new Hole(content.index, sanitize);
}

function mediaOf(content: SlotContent, named: boolean): JsonNode {
  if (!("source" in content) || content.source !== "media") throw new TypeError("not media");
  return {
    ...(content.mediaId !== undefined && { id: content.mediaId }),
    ...(content.link !== undefined && { link: content.link }),
    // Only documents show a file name on the recipient's phone; Meta refuses it for other media.
    ...(named && content.filename !== undefined && { filename: sanitizeText(content.filename) }),
  };
}

function locationOf(content: SlotContent): JsonNode {
  if (!("source" in content) || content.source !== "location") throw new TypeError("no location");
  const { latitude, longitude, name, address } = content;
  return {
    // Meta's documentation has strings in a template's header, numbers in a location message.
    latitude: String(latitude),
    longitude: String(longitude),
    ...(name !== undefined && { name: sanitizeText(name) }),
    ...(address !== undefined && { address: sanitizeText(address) }),
  };
}

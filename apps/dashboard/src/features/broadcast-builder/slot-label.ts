import type { TemplateSlot } from "../../api/types.ts";

/** Returns a label for a slot's position in the message. */
export function slotLabel({
  component,
  key,
  type,
  buttonIndex,
  cardIndex,
  optional,
}: TemplateSlot): string {
  const card = cardIndex === null ? "" : `Card ${cardIndex + 1}: `;
  return `${card}${place()}${optional ? " (optional)" : ""}`;

  function place(): string {
    switch (component) {
      case "header":
        return type === "text" ? `{{${key}}} in the header` : (headerWords[type] ?? "Header");
      case "body":
        return `{{${key}}} in the text`;
      case "offer":
        return "When the offer ends";
      case "button":
        return `${buttonWords[type] ?? "Value"} of button ${(buttonIndex ?? 0) + 1}`;
    }
  }
}

const headerWords: Partial<Record<TemplateSlot["type"], string>> = {
  image: "Image in the header",
  video: "Video in the header",
  document: "Document in the header",
  location: "Place in the header",
};

const buttonWords: Partial<Record<TemplateSlot["type"], string>> = {
  url_suffix: "End of the address",
  quick_reply_payload: "Hidden answer",
  coupon_code: "Offer code",
  flow_token: "Form's token",
};

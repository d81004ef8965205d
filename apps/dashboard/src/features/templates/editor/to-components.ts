import {
  variablesIn,
  type ButtonDraft,
  type HeaderDraft,
  type TemplateDraft,
  type TextDraft,
} from "./template-draft.ts";

type Component = { type: string } & Record<string, unknown>;
type Format = TemplateDraft["parameterFormat"];

/** Converts the draft to components for Meta's API. */
export function toComponents(draft: TemplateDraft): Component[] {
  if (draft.category === "AUTHENTICATION") return codeComponents(draft);
  const { kind, parameterFormat, header, body, footer, buttons, offer, cards } = draft;
  const components: Component[] = [];
  if (kind === "offer") {
    const { text, hasExpiration } = offer;
    components.push({
      type: "LIMITED_TIME_OFFER",
      limited_time_offer: { text, has_expiration: hasExpiration },
    });
  }
  if (kind !== "carousel") components.push(...headerComponent(header, parameterFormat));
  components.push(bodyComponent(body, parameterFormat));
  if (kind === "standard" && footer.trim() !== "") {
    components.push({ type: "FOOTER", text: footer.trim() });
  }
  if (kind === "carousel") {
    components.push({
      type: "CAROUSEL",
      cards: cards.map((card) => ({
        components: [
          ...headerComponent(card.header, parameterFormat),
          bodyComponent(card.body, parameterFormat),
          ...buttonsComponent(card.buttons),
        ],
      })),
    });
    return components;
  }
  return [...components, ...buttonsComponent(buttons)];
}

function codeComponents({ code }: TemplateDraft): Component[] {
  return [
    { type: "BODY", add_security_recommendation: code.advice },
    ...(code.minutes === null
      ? []
      : [{ type: "FOOTER", code_expiration_minutes: code.minutes } as Component]),
    { type: "BUTTONS", buttons: [{ type: "OTP", otp_type: "COPY_CODE", text: code.buttonText }] },
  ];
}

function headerComponent(header: HeaderDraft, format: Format): Component[] {
  switch (header.format) {
    case "NONE":
      return [];
    case "LOCATION":
      return [{ type: "HEADER", format: "LOCATION" }];
    case "TEXT": {
      const [name] = variablesIn(header.text);
      const example =
        name === undefined
          ? {}
          : format === "NAMED"
            ? { header_text_named_params: [{ param_name: name, example: header.example }] }
            : { header_text: [header.example] };
      return [
        {
          type: "HEADER",
          format: "TEXT",
          text: header.text,
          ...(name !== undefined && header.example !== "" && { example }),
        },
      ];
    }
    case "IMAGE":
    case "VIDEO":
    case "DOCUMENT":
      return [
        {
          type: "HEADER",
          format: header.format,
          ...(header.handle !== null && { example: { header_handle: [header.handle] } }),
        },
      ];
  }
}

function bodyComponent({ text, examples }: TextDraft, format: Format): Component {
  const names = variablesIn(text);
  const given = names.filter((name) => (examples[name] ?? "") !== "");
  if (given.length === 0) return { type: "BODY", text };
  const example =
    format === "NAMED"
      ? {
          body_text_named_params: given.map((name) => ({
            param_name: name,
            example: examples[name],
          })),
        }
      : { body_text: [given.map((name) => examples[name])] };
  return { type: "BODY", text, example };
}

function buttonsComponent(buttons: ButtonDraft[]): Component[] {
  if (buttons.length === 0) return [];
  return [{ type: "BUTTONS", buttons: buttons.map(toButton) }];
}

function toButton({ type, text, url, phone, example, raw }: ButtonDraft): Record<string, unknown> {
  switch (type) {
    case "OTHER":
      return raw ?? {};
    case "QUICK_REPLY":
      return { type, text };
    case "PHONE_NUMBER":
      return { type, text, phone_number: phone };
    case "COPY_CODE":
      return { type, example };
    case "URL":
      return {
        type,
        text,
        url,
        ...(variablesIn(url).length > 0 && example !== "" && { example: [example] }),
      };
  }
}

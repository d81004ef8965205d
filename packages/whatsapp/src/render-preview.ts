import { bindVariables, type BoundSlot } from "./bind-variables.ts";
import { sanitiseText, sanitiseUrlSuffix } from "./sanitise-value.ts";
import { readTemplateComponents, type TemplateComponent } from "./template-components.ts";
import { fillPlaceholders } from "./template-placeholders.ts";
import type { SendableTemplate } from "./template-slots.ts";
import type { TemplateVariables } from "./template-variables.ts";

export type PreviewHeader =
  | { kind: "text"; text: string }
  | {
      kind: "image" | "video" | "document";
      link: string | null;
      mediaId: string | null;
      filename: string | null;
    }
  | {
      kind: "location";
      latitude: number;
      longitude: number;
      name: string | null;
      address: string | null;
    };

export interface PreviewButton {
  /** Meta's word in upper case: URL, QUICK_REPLY, PHONE_NUMBER, COPY_CODE … */
  type: string;
  text: string;
  url?: string;
  phoneNumber?: string;
  couponCode?: string;
}

export interface MessagePreview {
  header?: PreviewHeader;
  body: string;
  footer?: string;
  buttons: PreviewButton[];
  /** A carousel's cards. */
  cards?: MessagePreview[];
}

/**
 * The message as a recipient with these values (in the order of `fields`) would see it. Throws
 * `TemplateVariablesError` as `compileTemplate` does.
 */
export function renderPreview(
  template: Pick<SendableTemplate, "components">,
  variables: TemplateVariables,
  values: readonly (string | null)[],
): MessagePreview {
  const { bound } = bindVariables(template, variables);
  const byPath = new Map(bound.map((item) => [item.slot.path, item]));
  return preview(readTemplateComponents(template.components), "", { byPath, values });
}

interface Filling {
  byPath: ReadonlyMap<string, BoundSlot>;
  values: readonly (string | null)[];
}

function preview(
  components: readonly TemplateComponent[],
  prefix: string,
  filling: Filling,
): MessagePreview {
  const message: MessagePreview = { body: "", buttons: [] };
  for (const component of components) {
    if (component.type === "HEADER") {
      const header = previewHeader(component, prefix, filling);
      if (header) message.header = header;
    } else if (component.type === "BODY") {
      // Meta words an authentication body itself; before it does, only the code is known.
      message.body = fill(component.text ?? "{{1}}", `${prefix}body`, filling);
    } else if (component.type === "FOOTER" && component.text) {
      message.footer = component.text;
    } else if (component.type === "BUTTONS") {
      message.buttons = previewButtons(component, prefix, filling);
    } else if (component.cards) {
      message.cards = component.cards.map((card, index) =>
        preview(card.components, `cards.${index}.`, filling),
      );
    }
  }
  return message;
}

function previewHeader(
  component: TemplateComponent,
  prefix: string,
  filling: Filling,
): PreviewHeader | null {
  const bound = filling.byPath.get(`${prefix}header.1`);
  if (bound && "source" in bound.content) {
    const { content, slot } = bound;
    if (content.source === "location") {
      const { latitude, longitude, name = null, address = null } = content;
      return { kind: "location", latitude, longitude, name, address };
    }
    if (slot.type === "image" || slot.type === "video" || slot.type === "document") {
      const { link = null, mediaId = null, filename = null } = content;
      return { kind: slot.type, link, mediaId, filename };
    }
  }
  if (!component.text) return null;
  return { kind: "text", text: fill(component.text, `${prefix}header`, filling) };
}

function previewButtons(
  component: TemplateComponent,
  prefix: string,
  filling: Filling,
): PreviewButton[] {
  return (component.buttons ?? []).map((button, index) => {
    const path = `${prefix}buttons.${index}`;
    const coupon = filling.byPath.get(`${path}.1`);
    return {
      type: button.type,
      text: button.text ?? "",
      ...(button.url && { url: fill(button.url, path, filling) }),
      ...(button.phone_number && { phoneNumber: button.phone_number }),
      ...(coupon?.slot.type === "coupon_code" && { couponCode: valueOf(coupon, filling) }),
    };
  });
}

function fill(text: string, path: string, filling: Filling): string {
  return fillPlaceholders(text, (name) => {
    const bound = filling.byPath.get(`${path}.${name}`);
    return bound ? valueOf(bound, filling) : "";
  });
}

function valueOf({ slot, content }: BoundSlot, { values }: Filling): string {
  if ("source" in content) return "";
  const raw = content.kind === "text" ? content.text : (values[content.index] ?? "");
  return slot.type === "url_suffix" ? sanitiseUrlSuffix(raw) : sanitiseText(raw);
}

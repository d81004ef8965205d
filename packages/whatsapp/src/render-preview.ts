import { bindVariables, type BoundSlot } from "./bind-variables.ts";
import { sanitizeText, sanitizeUrlSuffix } from "./sanitize-value.ts";
import { readTemplateComponents, type TemplateComponent } from "./template-components.ts";
import { fillPlaceholders, placeholdersIn } from "./template-placeholders.ts";
import { templateSlots, type SendableTemplate, type TemplateSlot } from "./template-slots.ts";
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
  /** Meta's type in upper case: `URL`, `QUICK_REPLY`, `PHONE_NUMBER`, `COPY_CODE` … */
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
  /** Limited-time offer; `expiresAt` is ISO 8601, or null if the end is unknown. */
  offer?: { text: string; expiresAt: string | null };
  /** Cards of a carousel. */
  cards?: MessagePreview[];
}

/**
 * Returns the message as a recipient with these values (in the order of `fields`) would see it.
 * @throws TemplateVariablesError with every problem, if the variables don't fit the template
 */
export function renderPreview(
  template: Pick<SendableTemplate, "components">,
  variables: TemplateVariables,
  values: readonly (string | null)[],
): MessagePreview {
  const { bound } = bindVariables(template, variables);
  return renderBound(template, bound, values);
}

/**
 * Returns the same preview for slots that may lack a value. A slot without a value shows the
 * template's example, or its name.
 */
export function renderBound(
  template: Pick<SendableTemplate, "components">,
  bound: readonly BoundSlot[],
  values: readonly (string | null)[],
): MessagePreview {
  const slots = new Map(templateSlots(template).map((slot) => [slot.path, slot]));
  const byPath = new Map(bound.map((item) => [item.slot.path, item]));
  return preview(readTemplateComponents(template.components), "", { slots, byPath, values });
}

interface Filling {
  slots: ReadonlyMap<string, TemplateSlot>;
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
      // Meta writes an authentication body; until it has, only the code is known.
      message.body = fill(component.text ?? "{{1}}", `${prefix}body`, filling);
    } else if (component.type === "FOOTER" && component.text) {
      message.footer = component.text;
    } else if (component.type === "BUTTONS") {
      message.buttons = previewButtons(component, prefix, filling);
    } else if (component.limited_time_offer) {
      const expiry = filling.byPath.get("offer.1")?.content;
      const expiresAt = expiry && "kind" in expiry && expiry.kind === "text" ? expiry.text : null;
      message.offer = { text: component.limited_time_offer.text ?? "", expiresAt };
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
  const path = `${prefix}header.1`;
  const type = filling.slots.get(path)?.type;
  const content = filling.byPath.get(path)?.content;
  if (content && "source" in content && content.source === "location") {
    const { latitude, longitude, name = null, address = null } = content;
    return { kind: "location", latitude, longitude, name, address };
  }
  if (type === "image" || type === "video" || type === "document") {
    if (!content || !("source" in content) || content.source !== "media") {
      return { kind: type, link: null, mediaId: null, filename: null };
    }
    const { link = null, mediaId = null, filename = null } = content;
    return { kind: type, link, mediaId, filename };
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
    const coupon = filling.slots.get(`${path}.1`)?.type === "coupon_code";
    return {
      type: button.type,
      text: button.text ?? "",
      ...(button.url && { url: addressOf(button.url, path, filling) }),
      ...(button.phone_number && { phoneNumber: button.phone_number }),
      ...(coupon && { couponCode: valueAt(`${path}.1`, "1", filling) }),
    };
  });
}

/** Returns the button's URL. For a URL without a value, Meta's example is the whole URL. */
function addressOf(url: string, path: string, filling: Filling): string {
  const [name] = placeholdersIn(url);
  const example = filling.slots.get(`${path}.${name}`)?.example ?? null;
  const isUnfilled = name !== undefined && !filling.byPath.has(`${path}.${name}`);
  return isUnfilled && example?.startsWith("http") ? example : fill(url, path, filling);
}

function fill(text: string, path: string, filling: Filling): string {
  return fillPlaceholders(text, (name) => valueAt(`${path}.${name}`, name, filling));
}

function valueAt(path: string, name: string, { slots, byPath, values }: Filling): string {
  const bound = byPath.get(path);
  if (!bound) return slots.get(path)?.example ?? `{{${name}}}`;
  const { slot, content } = bound;
  if ("source" in content) return "";
  const raw = content.kind === "text" ? content.text : (values[content.index] ?? "");
  return slot.type === "url_suffix" ? sanitizeUrlSuffix(raw) : sanitizeText(raw);
}

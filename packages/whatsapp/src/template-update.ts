import { z } from "zod";
import { listOf, moment, reason, text, word } from "./update-fields.ts";

/** Template that an update concerns. Each field is null if Meta omits it. */
export interface TemplateSubject {
  /** Meta's id: a number in webhooks, a string in REST. */
  metaTemplateId: string | null;
  name: string | null;
  /** `en-US` in some webhooks, `en_US` in others and in REST. */
  language: string | null;
}

/** Button as in the webhook, which mostly contains URL and phone buttons. */
export interface UpdatedButton {
  type: string;
  text?: string;
  url?: string;
  phone_number?: string;
}

export type TemplateNews =
  | { kind: "status"; event: string; reason: string | null }
  | { kind: "quality"; score: string }
  | { kind: "category"; category: string }
  /** Announced change of the category; `changesAt` is null if Meta gives no time. */
  | { kind: "announcement"; category: string; changesAt: Date | null }
  /** Null parts are unknown, not removed: Meta omits parts that weren't entered again. */
  | {
      kind: "components";
      header: string | null;
      body: string | null;
      footer: string | null;
      buttons: readonly UpdatedButton[];
    };

export type TemplateUpdate = TemplateSubject & { news: TemplateNews };

const button = z
  .object({
    message_template_button_type: word,
    message_template_button_text: text,
    message_template_button_url: text,
    message_template_button_phone_number: text,
  })
  .transform((raw): UpdatedButton | undefined => {
    const type = raw.message_template_button_type;
    if (type === undefined) return undefined;
    return {
      type,
      ...(raw.message_template_button_text && { text: raw.message_template_button_text }),
      ...(raw.message_template_button_url && { url: raw.message_template_button_url }),
      ...(raw.message_template_button_phone_number && {
        phone_number: raw.message_template_button_phone_number,
      }),
    };
  });

const valueSchema = z.object({
  message_template_id: text,
  message_template_name: text,
  message_template_language: text,
  event: word,
  reason,
  new_quality_score: word,
  previous_category: word,
  new_category: word,
  correct_category: word,
  category_update_timestamp: moment,
  message_template_title: text,
  message_template_element: text,
  message_template_footer: text,
  message_template_buttons: listOf(button),
});
type Value = z.output<typeof valueSchema>;

const readers: Readonly<Record<string, (value: Value) => TemplateNews | null>> = {
  message_template_status_update: statusOf,
  message_template_quality_update: qualityOf,
  template_category_update: categoryOf,
  message_template_components_update: componentsOf,
};

/**
 * Reads a template webhook, by its content if that doesn't fit the field: Meta's samples have a
 * quality score under `message_template_status_update`. Returns null if the value holds no update
 * of a template.
 */
export function readTemplateUpdate(
  field: string,
  value: Readonly<Record<string, unknown>>,
): TemplateUpdate | null {
  const data = valueSchema.parse(value);
  const own = readers[field]?.(data) ?? null;
  const news = own ?? statusOf(data) ?? qualityOf(data) ?? categoryOf(data) ?? componentsOf(data);
  if (news === null) return null;
  return {
    metaTemplateId: data.message_template_id ?? null,
    name: data.message_template_name ?? null,
    language: data.message_template_language ?? null,
    news,
  };
}

function statusOf({ event, reason: why }: Value): TemplateNews | null {
  return event === undefined ? null : { kind: "status", event, reason: why ?? null };
}

function qualityOf({ new_quality_score: score }: Value): TemplateNews | null {
  return score === undefined ? null : { kind: "quality", score };
}

function categoryOf(value: Value): TemplateNews | null {
  const { previous_category: previous, new_category: current, correct_category: coming } = value;
  // If an upcoming category is given, `new_category` is the category that the template still has.
  if (coming !== undefined && previous === undefined) {
    const changesAt = value.category_update_timestamp ?? null;
    return { kind: "announcement", category: coming, changesAt };
  }
  return current === undefined ? null : { kind: "category", category: current };
}

function componentsOf(value: Value): TemplateNews | null {
  const header = value.message_template_title ?? null;
  const body = value.message_template_element ?? null;
  const footer = value.message_template_footer ?? null;
  const buttons = value.message_template_buttons;
  if (header === null && body === null && footer === null && buttons.length === 0) return null;
  return { kind: "components", header, body, footer, buttons };
}

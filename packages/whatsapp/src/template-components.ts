import { z } from "zod";

// Enums vary in case among Meta's answers ("BODY", "body").
const upper = z.string().transform((value) => value.toUpperCase());
const text = z.string().nullish().catch(null);
const unknownList = z.array(z.unknown()).nullish().catch(null);

const example = z
  .object({
    header_text: unknownList,
    // [["Pablo", "30%"]]; some of Meta's samples have a bare string.
    body_text: z.unknown().optional(),
    header_handle: unknownList,
    header_text_named_params: unknownList,
    body_text_named_params: unknownList,
  })
  .partial()
  .nullish()
  .catch(null);

const templateButton = z
  .object({
    type: upper,
    text,
    url: text,
    phone_number: text,
    example: z.unknown().optional(),
  })
  // Unreadable buttons keep their place: without them, the later buttons would move up and get each
  // other's parameters.
  .catch({ type: "UNKNOWN", text: null, url: null, phone_number: null });
export type TemplateButton = z.output<typeof templateButton>;

const plainComponent = z.object({
  type: upper,
  /** Absent in some text headers. */
  format: upper.nullish().catch(null),
  text,
  example,
  buttons: z.array(templateButton).nullish().catch(null),
  limited_time_offer: z
    .object({ text, has_expiration: z.boolean().nullish().catch(null) })
    .nullish()
    .catch(null),
});

const templateComponent = plainComponent.extend({
  cards: z
    .array(z.object({ components: z.array(plainComponent) }))
    .nullish()
    .catch(null),
});
/** A component of a template. One of an unknown type keeps its `type` and readable fields. */
export type TemplateComponent = z.output<typeof templateComponent>;

/**
 * Returns a template's components as Meta returns them, with types and formats in upper case.
 * Drops entries without a `type`.
 */
export function readTemplateComponents(components: unknown): TemplateComponent[] {
  if (!Array.isArray(components)) return [];
  return components.flatMap((item: unknown) => {
    const parsed = templateComponent.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

import { z } from "zod";
import { messagePreview } from "./message-preview.ts";
import { pageOf, pageQuery } from "./pagination.ts";
import { bigintId, changesOf, count, nullableTimestamp, timestamp, uuid } from "./scalars.ts";
import { templateVariables } from "./template-variables.ts";

export const syncTemplatesBody = z
  .strictObject({ providerId: uuid.optional() })
  .meta({ examples: [{ providerId: "6f1c2b1e-8a43-4a0e-9f5d-1c2b3a4d5e6f" }] });
export type SyncTemplatesInput = z.output<typeof syncTemplatesBody>;

export const templateSyncResult = z.object({
  created: count,
  updated: count,
  removed: count.describe("gone at Meta; kept here, marked"),
  unchanged: count,
});
export type TemplateSyncResult = z.output<typeof templateSyncResult>;

// Meta adds statuses and categories. A closed list would hide templates that have a new one.
const metaWord = z
  .string()
  .trim()
  .regex(/^[A-Za-z_]{1,40}$/)
  .describe("one of Meta's words, in either case");

export const listTemplatesQuery = pageQuery.extend({
  status: metaWord.optional(),
  category: metaWord.optional(),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,4})?$/, "must be a language such as en or pt_BR")
    .optional(),
  search: z.string().trim().min(1).max(200).optional().describe("a part of the name"),
});
export type ListTemplatesInput = z.output<typeof listTemplatesQuery>;

/** One variable of a template that a broadcast must or may fill. */
export const templateSlot = z.object({
  path: z.string().describe("where its value stands in a broadcast's variables: body.1"),
  component: z.enum(["header", "body", "button", "offer"]),
  key: z.string(),
  type: z.enum([
    "text",
    "image",
    "video",
    "document",
    "location",
    "url_suffix",
    "quick_reply_payload",
    "coupon_code",
    "flow_token",
    "expiration",
  ]),
  optional: z.boolean(),
  buttonIndex: z.int().nullable(),
  cardIndex: z.int().nullable(),
  example: z.string().nullable(),
  limits: z
    .object({
      lengthMax: z.int().nullable().describe("characters"),
      bytesMax: z.int().nullable().describe("of a file"),
      mimeTypes: z.array(z.string()).nullable(),
    })
    .describe("what Meta takes at most; null where it doesn't apply"),
});

export const templateView = z.object({
  id: uuid,
  wabaId: z.string(),
  metaTemplateId: z.string(),
  name: z.string(),
  language: z.string(),
  category: z.string(),
  status: z.string(),
  parameterFormat: z.string().nullable(),
  qualityScore: z.string().nullable(),
  rejectedReason: z.string().nullable(),
  announcedCategory: z
    .string()
    .nullable()
    .describe("what Meta has announced that the category will be"),
  categoryChangesAt: nullableTimestamp.describe("from then on"),
  components: z.array(z.unknown()).describe("as Meta gives them"),
  slots: z.array(templateSlot),
  unsupported: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .describe("parts that can't be sent yet; empty where the template can be used"),
  removedAt: nullableTimestamp,
  syncedAt: timestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type TemplateView = z.output<typeof templateView>;

export const templatePage = pageOf(templateView);

const componentsDepthMax = 12;

/**
 * Components in Meta's format. Creating or editing a template reports violations of Meta's rules by
 * path.
 */
const components = z
  .array(z.looseObject({ type: z.string().min(1).max(60) }))
  .min(1)
  .max(20)
  .refine(isShallow, `must not be nested deeper than ${componentsDepthMax} levels`)
  .describe("as Meta's API takes them, texts with an example of each variable");

function isShallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > componentsDepthMax) return false;
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
  }
  return true;
}

const category = z.enum(["MARKETING", "UTILITY", "AUTHENTICATION"]);

const exampleComponents = [
  {
    type: "BODY",
    text: "Hello {{1}}, the spring sale has begun.",
    example: { body_text: [["Ann"]] },
  },
  { type: "FOOTER", text: "Reply STOP to get no more of these" },
  { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Show me" }] },
];

export const createTemplateBody = z
  .strictObject({
    providerId: uuid.describe("the template belongs to this number's account"),
    name: z
      .string()
      .regex(/^[a-z0-9_]{1,512}$/, "must have small letters, digits and underscores, 512 at most"),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(_[A-Z]{2,3})?$/, "must be one of Meta's languages, such as en or pt_BR"),
    category,
    parameterFormat: z.enum(["POSITIONAL", "NAMED"]).default("POSITIONAL"),
    components,
  })
  .meta({
    examples: [
      {
        providerId: "6f1c2b1e-8a43-4a0e-9f5d-1c2b3a4d5e6f",
        name: "spring_sale_2027",
        language: "en_US",
        category: "MARKETING",
        components: exampleComponents,
      },
    ],
  });
export type CreateTemplateInput = z.output<typeof createTemplateBody>;

export const updateTemplateBody = changesOf({
  category: category.optional(),
  components: components.optional(),
}).meta({ examples: [{ components: exampleComponents }] });
export type UpdateTemplateInput = z.output<typeof updateTemplateBody>;

export const previewTemplateBody = z
  .strictObject({
    variables: templateVariables.default({}),
    contactId: bigintId.optional().describe("whose values the fields take"),
  })
  .meta({
    examples: [{ variables: { body: { "1": { source: "field", field: "name" } } } }],
  });
export type PreviewTemplateInput = z.output<typeof previewTemplateBody>;

/** What is wrong with the variable of a slot. */
const variableProblem = z.enum([
  "missing",
  "unknown",
  "wrong_type",
  "unknown_field",
  "empty",
  "too_long",
  "unsupported",
]);

export const templatePreview = z.object({
  preview: messagePreview.describe("what lacks a value shows the template's example, or its name"),
  problems: z
    .array(z.object({ path: z.string(), problem: variableProblem, message: z.string() }))
    .describe("what has to be mended before it can be sent"),
});
export type TemplatePreview = z.output<typeof templatePreview>;

/** A file at Meta that a template's header can use as its sample. */
export const templateMedia = z.object({
  handle: z.string().describe("for example.header_handle of the header"),
  type: z.enum(["image", "video", "document"]),
  mimeType: z.string(),
  sizeBytes: z.int(),
});
export type TemplateMedia = z.output<typeof templateMedia>;

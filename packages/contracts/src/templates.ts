import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { nullableTimestamp, timestamp, uuid } from "./scalars.ts";

export const syncTemplatesBody = z.strictObject({ providerId: uuid.optional() });
export type SyncTemplatesInput = z.output<typeof syncTemplatesBody>;

const count = z.int().nonnegative();
export const templateSyncResult = z.object({
  created: count,
  updated: count,
  removed: count.describe("gone at Meta; kept here, marked"),
  unchanged: count,
});
export type TemplateSyncResult = z.output<typeof templateSyncResult>;

// Meta adds states and categories; a closed list would hide templates in a new one.
const metaWord = z
  .string()
  .trim()
  .regex(/^[A-Za-z_]{1,40}$/)
  .describe("one of Meta's words, in either case");

export const listTemplatesQuery = pageQuery.extend({
  status: metaWord.optional(),
  category: metaWord.optional(),
  search: z.string().trim().min(1).max(200).optional().describe("a part of the name"),
});
export type ListTemplatesInput = z.output<typeof listTemplatesQuery>;

/** One place of a template that a broadcast has to, or may, fill. */
export const templateSlot = z.object({
  path: z.string().describe("where its value stands in a broadcast's variables: body.1"),
  component: z.enum(["header", "body", "button"]),
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
  ]),
  optional: z.boolean(),
  buttonIndex: z.int().nullable(),
  cardIndex: z.int().nullable(),
  example: z.string().nullable(),
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

import { z } from "zod";
import { attributeType } from "./contacts.ts";
import { pageOf } from "./pagination.ts";
import { country, nullableTimestamp, timestamp, uuid } from "./scalars.ts";

/** Target of a column in the file. The key after `attributes.` can be any text. */
export const importTarget = z.union([
  z.enum(["phone", "name", "email", "tags", "ignore"]),
  z
    .string()
    .max(200)
    .regex(
      /^attributes\../,
      'use "phone", "name", "email", "tags", "ignore" or "attributes.<key>"',
    ),
]);

/** Targets of the columns, by header as spelled in the file. */
export const importMapping = z.record(z.string(), importTarget);

export type ImportMapping = z.infer<typeof importMapping>;

export const importTagLengthMax = 100;

const importTag = z
  .string()
  .trim()
  .min(1)
  .max(importTagLengthMax)
  .refine((tag) => !tag.includes("\0"), "must not contain NUL");

const importedContact = z.object({
  phone: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  attributes: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
});
export type ImportedContact = z.infer<typeof importedContact>;

/** Options sent with the file in `POST /v1/contact-imports`. */
export const importOptions = z.object({
  mapping: importMapping.optional(),
  tags: z.array(importTag).max(50).optional(),
  defaultCountry: country.optional().describe("ISO 3166 country of phone numbers in national form"),
});

export type ImportOptions = z.infer<typeof importOptions>;

export const contactImport = z.object({
  id: uuid,
  status: z
    .enum(["processing", "completed", "failed", "undoing", "undone"])
    .describe("of one that failed nothing stays"),
  failureReason: z.string().nullable(),
  fileName: z.string().nullable(),
  processedRows: z
    .number()
    .int()
    .describe("once completed: createdContacts + updatedContacts + rejectedRows"),
  createdContacts: z.number().int(),
  updatedContacts: z.number().int().describe("contacts that were there, and repeats in the file"),
  repeatedRows: z
    .number()
    .int()
    .describe("of updatedContacts, rows whose phone an earlier row of the file has"),
  rejectedRows: z.number().int(),
  undoneContacts: z.number().int().describe("taken back or given back their values by an undo"),
  createdAt: timestamp,
  completedAt: nullableTimestamp,
});

export const contactImportPage = pageOf(contactImport);

/** Interpretation of a file, from its first rows. Nothing is stored. */
export const contactImportPreview = z.object({
  columns: z
    .array(
      z.object({
        header: z.string(),
        target: importTarget.describe("where the column goes unless a mapping says otherwise"),
        type: attributeType.nullable().describe("of an attribute, by the values of these rows"),
        examples: z.array(z.string()).max(3),
      }),
    )
    .max(500),
  rows: z
    .array(
      z.object({
        line: z.number().int(),
        contact: importedContact.nullable(),
        reason: z.string().nullable().describe("why the row would be rejected"),
      }),
    )
    .max(20),
  fault: z.string().nullable().describe("what keeps the file from being imported as it is"),
});
export type ContactImportPreview = z.infer<typeof contactImportPreview>;

export type ContactImport = z.infer<typeof contactImport>;

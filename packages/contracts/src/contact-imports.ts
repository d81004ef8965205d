import { z } from "zod";
import { nullableTimestamp, timestamp, uuid } from "./scalars.ts";

/** Where a column of the file goes; what `attributes.` names is the customer's to choose. */
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

/** From a header as it is written in the file to where its column goes. */
export const importMapping = z.record(z.string(), importTarget);

export type ImportMapping = z.infer<typeof importMapping>;

export const importTagLengthMax = 100;

const importTag = z
  .string()
  .trim()
  .min(1)
  .max(importTagLengthMax)
  .refine((tag) => !tag.includes("\0"), "must not contain NUL");

/** What goes with the file in `POST /v1/contact-imports`. */
export const importOptions = z.object({
  mapping: importMapping.optional(),
  tags: z.array(importTag).max(50).optional(),
  defaultCountry: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "two letters, such as DE")
    .optional()
    .describe("ISO 3166 country of phone numbers in national form"),
});

export type ImportOptions = z.infer<typeof importOptions>;

export const contactImport = z.object({
  id: uuid,
  status: z.enum(["uploading", "merging", "completed", "failed"]),
  failureReason: z.string().nullable(),
  fileName: z.string().nullable(),
  processedRows: z
    .number()
    .int()
    .describe("once completed: createdContacts + updatedContacts + rejectedRows"),
  createdContacts: z.number().int(),
  updatedContacts: z.number().int().describe("contacts that were there, and repeats in the file"),
  rejectedRows: z.number().int(),
  createdAt: timestamp,
  completedAt: nullableTimestamp,
});

export type ContactImport = z.infer<typeof contactImport>;

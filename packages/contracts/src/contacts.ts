import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { nullableTimestamp, timestamp } from "./scalars.ts";

/** A contact as the API answers it. */
export const contact = z.object({
  id: z.string(),
  phone: z.string().nullable().describe("E.164, with its plus sign"),
  name: z.string().nullable(),
  email: z.string().nullable(),
  attributes: z.record(z.string(), z.unknown()).describe("text, from an import"),
  tags: z.array(z.string()),
  optedIn: z.boolean().describe("false once the contact has opted out"),
  optedOutAt: nullableTimestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});

export type Contact = z.infer<typeof contact>;

/** PostgreSQL's text holds every character but NUL. */
const text = z
  .string()
  .trim()
  .max(200)
  .refine((value) => !value.includes("\0"), "must not contain NUL");

export const listContactsQuery = pageQuery.extend({
  search: text.optional().describe("a part of the name, the e-mail address or the phone number"),
  tag: text.min(1).optional(),
});

export type ListContactsQuery = z.infer<typeof listContactsQuery>;

export const contactPage = pageOf(contact);

export const audiencePreview = z.object({
  count: z.number().int().describe("contacts that would receive a message now"),
  optedOut: z.number().int().describe("contacts that match, but have opted out"),
  sample: z.array(contact).max(5),
});

export type AudiencePreview = z.infer<typeof audiencePreview>;

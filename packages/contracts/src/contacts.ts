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
  optOutSource: z
    .string()
    .nullable()
    .describe("how: stop_word, meta_user_preferences, meta_131050 …"),
  lastInboundAt: nullableTimestamp.describe("the latest message from this person"),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export type Contact = z.infer<typeof contact>;

export const contactDetails = contact.extend({
  whatsappUserId: z.string().nullable().describe("Meta's business-scoped user id"),
  consents: z
    .array(
      z.object({
        consent: z.enum(["opted_out", "opted_in"]),
        source: z.string().nullable(),
        happenedAt: timestamp,
      }),
    )
    .max(100)
    .describe("every opt-out and opt-in, the latest first"),
});

export type ContactDetails = z.infer<typeof contactDetails>;

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

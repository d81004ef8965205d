import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { recipientErrorCode } from "./recipient-codes.ts";
import { changesOf, country, longText, nullableTimestamp, timestamp, uuid } from "./scalars.ts";
import { segmentCriteria } from "./segment-criteria.ts";

/** Type of a custom attribute, inferred from its values in contacts. */
export const attributeType = z.enum(["text", "number", "boolean", "date"]);
export type AttributeType = z.infer<typeof attributeType>;

/** A contact as the API returns it. */
export const contact = z.object({
  id: z.string(),
  phone: z.string().nullable().describe("E.164, with its plus sign"),
  name: z.string().nullable(),
  email: z.string().nullable(),
  attributes: z
    .record(z.string(), z.unknown())
    .describe("text, number or boolean; text from an import"),
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

/** A message to or from a contact. */
export const contactMessage = z.object({
  direction: z.enum(["outbound", "inbound"]),
  broadcastId: uuid.nullable().describe("that sent it, or that it replies to"),
  broadcastName: z.string().nullable(),
  status: z.string().nullable().describe("of an outbound one, as of a recipient"),
  errorCode: recipientErrorCode,
  errorTitle: z.string().nullable(),
  at: timestamp.describe("of an outbound one: its latest change"),
});
export const contactMessagePage = pageOf(contactMessage);
export type ContactMessage = z.output<typeof contactMessage>;

/** Text that PostgreSQL can store: any characters except NUL and lone surrogates. */
const text = z
  .string()
  .trim()
  .max(200)
  .refine((value) => !value.includes("\0"), "must not contain NUL")
  .refine((value) => value.isWellFormed(), "must not contain half of a surrogate pair");

export const attributeKey = longText(200);
export const attributesMax = 200;
const attributeValue = z.union([longText(4_096), z.number(), z.boolean()], {
  error: "must be a text that is not empty, a number or a boolean",
});
function attributesOf<Value extends z.ZodType>(value: Value) {
  return z
    .record(attributeKey, value)
    .refine((values) => Object.keys(values).length <= attributesMax, {
      error: `at most ${attributesMax} attributes`,
    });
}

const tag = longText(100);
const tags = z.array(tag).max(100);
const phone = longText(60).describe("in any common form; stored as E.164");

export const createContactBody = z
  .strictObject({
    phone,
    defaultCountry: country
      .optional()
      .describe("ISO 3166 country of a phone number in national form"),
    name: longText(4_096).nullable().optional(),
    email: longText(4_096).nullable().optional(),
    attributes: attributesOf(attributeValue).optional(),
    tags: tags.optional(),
    optedIn: z.boolean().optional().describe("true notes an opt-in, false an opt-out"),
  })
  .meta({
    examples: [
      { phone: "+4915123456789", name: "Ada", tags: ["vip"], attributes: { city: "Berlin" } },
    ],
  });
export type CreateContactInput = z.output<typeof createContactBody>;

export const updateContactBody = changesOf({
  phone: phone.optional(),
  name: longText(4_096).nullable().optional(),
  email: longText(4_096).nullable().optional(),
  attributes: attributesOf(attributeValue.nullable())
    .optional()
    .describe("added to those there; null takes one away"),
  tags: tags.optional().describe("instead of those there"),
  addTags: tags.optional(),
  removeTags: tags.optional(),
}).meta({ examples: [{ name: "Ada Lovelace", addTags: ["vip"], attributes: { city: null } }] });
export type UpdateContactInput = z.output<typeof updateContactBody>;

export const consentBody = z
  .strictObject({ source: longText(100).optional().describe("how; by default `api`") })
  .meta({ examples: [{ source: "web form" }] });

export const mergeContactBody = z
  .strictObject({ fromId: z.string().regex(/^\d{1,18}$/, "must be a contact's id") })
  .meta({ examples: [{ fromId: "1234" }] });

export const listContactsQuery = pageQuery.extend({
  search: text.optional().describe("a part of the name, the e-mail address or the phone number"),
  tag: text.min(1).optional(),
});

export type ListContactsQuery = z.infer<typeof listContactsQuery>;

export const contactPage = pageOf(contact);

export const exportContactsQuery = listContactsQuery.pick({ search: true, tag: true });
export type ExportContactsInput = z.output<typeof exportContactsQuery>;

/** Contacts that are probably the same person. */
const duplicateView = z.object({
  reason: z.enum(["email", "phone_spelling"]),
  contacts: z.array(contact).min(2).max(10),
});
export type DuplicateView = z.output<typeof duplicateView>;
export const duplicatePage = pageOf(duplicateView);

export const tagPage = pageOf(z.object({ tag: z.string() }));
const attributeView = z.object({
  key: z.string(),
  type: attributeType.describe("by what the latest contacts have"),
  examples: z.array(z.string()).max(3),
});
export type AttributeView = z.output<typeof attributeView>;
export const attributeList = pageOf(attributeView);

const contactAction = z
  .strictObject({
    addTags: tags.min(1).optional(),
    removeTags: tags.min(1).optional(),
    optOut: z.literal(true).optional(),
    delete: z.literal(true).optional(),
  })
  .refine(
    ({ delete: deletes, ...others }) =>
      (deletes === true) !== Object.values(others).some((value) => value !== undefined),
    { error: "needs delete alone, or at least one of addTags, removeTags, optOut" },
  );
export type ContactAction = z.output<typeof contactAction>;

export const createContactJobBody = z
  .strictObject({ segmentCriteria, action: contactAction })
  .meta({ examples: [{ segmentCriteria: { tag: "vip" }, action: { addTags: ["gold"] } }] });
export type CreateContactJobInput = z.output<typeof createContactJobBody>;

/** Background job that applies an action to all contacts of a segment. */
export const contactJob = z.object({
  id: uuid,
  status: z.enum(["working", "completed", "failed"]),
  failureReason: z.string().nullable(),
  processedContacts: z.number().int(),
  createdAt: timestamp,
  completedAt: nullableTimestamp,
});
export type ContactJob = z.output<typeof contactJob>;

export const audiencePreviewBody = z
  .strictObject({ segmentCriteria })
  .meta({ examples: [{ segmentCriteria: { tag: "vip" } }] });

export const audiencePreview = z.object({
  count: z.number().int().describe("contacts that would receive a message now"),
  optedOut: z.number().int().describe("contacts that match, but have opted out"),
  withoutPhone: z.number().int().describe("contacts that match, but can't be written to"),
  sample: z.array(contact).max(5),
});

export type AudiencePreview = z.infer<typeof audiencePreview>;

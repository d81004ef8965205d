import { z } from "zod";
import { uuid } from "./scalars.ts";

const webLink = z.url({ protocol: /^https?$/, error: "must be an http or https link" }).max(2_048);

const fieldValue = z.strictObject({
  source: z.literal("field"),
  field: z.string().min(1).max(200).describe("phone, name, email or attributes.<key>"),
  fallback: z.string().max(1_024).nullable().optional().describe("used where the field is empty"),
});
const textValue = z.strictObject({
  source: z.literal("text"),
  value: z.string().min(1).max(2_048),
});
const mediaValue = z
  .strictObject({
    source: z.literal("media"),
    link: webLink.optional(),
    mediaId: z
      .union([uuid, z.string().regex(/^\d{1,40}$/)], {
        error: "must be the id of a file of /v1/media, or Meta's media id",
      })
      .optional()
      .describe("a file of /v1/media, or Meta's own id"),
    filename: z.string().min(1).max(240).optional(),
  })
  .refine((media) => (media.link === undefined) !== (media.mediaId === undefined), {
    error: "needs either a link or a mediaId",
  });
const locationValue = z.strictObject({
  source: z.literal("location"),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().min(1).max(1_000).optional(),
  address: z.string().min(1).max(1_000).optional(),
});

/** Source of the value for one slot of a template. */
export const variableValue = z.discriminatedUnion("source", [
  fieldValue,
  textValue,
  mediaValue,
  locationValue,
]);
export type VariableValue = z.output<typeof variableValue>;

const slotKey = z.string().min(1).max(100);
const slots = z.record(slotKey, variableValue);
const componentVariables = z.strictObject({
  header: slots.optional(),
  body: slots.optional(),
  buttons: z.record(z.string().regex(/^\d$/), slots).optional(),
});

/** A broadcast's `variables`: a value for each slot of its template. */
export const templateVariables = componentVariables.extend({
  cards: z.array(componentVariables).max(10).optional(),
  offer: slots
    .optional()
    .describe('when a limited-time offer ends, under "1": a text with an ISO 8601 time'),
});
export type TemplateVariables = z.output<typeof templateVariables>;

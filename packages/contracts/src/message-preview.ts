import { z } from "zod";

const previewHeader = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({
    kind: z.enum(["image", "video", "document"]),
    link: z.string().nullable(),
    mediaId: z.string().nullable(),
    filename: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("location"),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().nullable(),
    address: z.string().nullable(),
  }),
]);

const previewButton = z.object({
  type: z.string().describe("Meta's word: URL, QUICK_REPLY, PHONE_NUMBER, COPY_CODE …"),
  text: z.string(),
  url: z.string().optional(),
  phoneNumber: z.string().optional(),
  couponCode: z.string().optional(),
});

const offer = z.object({
  text: z.string(),
  expiresAt: z.string().nullable().describe("null where the offer has no end"),
});

const card = z.object({
  header: previewHeader.optional(),
  body: z.string(),
  footer: z.string().optional(),
  buttons: z.array(previewButton),
});

/** Data for drawing a message as its recipient sees it. */
export const messagePreview = card.extend({
  offer: offer.optional().describe("of a limited-time offer"),
  cards: z.array(card).optional().describe("of a carousel"),
});

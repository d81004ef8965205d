import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { timestamp, uuid } from "./scalars.ts";

export const mediaType = z.enum(["image", "video", "document"]);

/** A file for a template's header. */
export const mediaView = z.object({
  id: uuid.describe("the mediaId of a broadcast's variable"),
  providerId: uuid.describe("the number that it can be sent with"),
  type: mediaType,
  mimeType: z.string(),
  fileName: z.string(),
  sizeBytes: z.int(),
  expiresAt: timestamp.describe("until then Meta keeps it; before that we upload it anew"),
  createdAt: timestamp,
});
export type MediaView = z.output<typeof mediaView>;

export const listMediaQuery = pageQuery.extend({
  providerId: uuid.optional(),
  type: mediaType.optional(),
});
export type ListMediaInput = z.output<typeof listMediaQuery>;

export const mediaPage = pageOf(mediaView);

import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { changesOf, longText, timestamp, uuid } from "./scalars.ts";
import { segmentCriteria } from "./segment-criteria.ts";

const segmentName = longText(200);

export const createSegmentBody = z
  .strictObject({ name: segmentName, segmentCriteria })
  .meta({ examples: [{ name: "Regulars in Berlin", segmentCriteria: { tag: "regular" } }] });
export type CreateSegmentInput = z.output<typeof createSegmentBody>;

export const updateSegmentBody = changesOf({
  name: segmentName.optional(),
  segmentCriteria: segmentCriteria.optional(),
}).meta({ examples: [{ name: "Regulars" }] });
export type UpdateSegmentInput = z.output<typeof updateSegmentBody>;

export const segmentView = z.object({
  id: uuid,
  name: z.string(),
  segmentCriteria,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type SegmentView = z.output<typeof segmentView>;

export const listSegmentsQuery = pageQuery;
export const segmentPage = pageOf(segmentView);

import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { timestamp, uuid } from "./scalars.ts";
import { segmentCriteria } from "./segment-criteria.ts";

const segmentName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((name) => !name.includes("\0") && name.isWellFormed(), "must not contain NUL");

export const createSegmentBody = z
  .strictObject({ name: segmentName, segmentCriteria })
  .meta({ examples: [{ name: "Regulars in Berlin", segmentCriteria: { tag: "regular" } }] });
export type CreateSegmentInput = z.output<typeof createSegmentBody>;

export const updateSegmentBody = z
  .strictObject({ name: segmentName.optional(), segmentCriteria: segmentCriteria.optional() })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    error: "needs at least one of name, segmentCriteria",
  })
  .meta({ examples: [{ name: "Regulars" }] });
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

import { z } from "zod";
import { count, nullableTimestamp, timeZone, uuid } from "./scalars.ts";

export const overviewDaysMax = 366;

const day = z.iso.date();

export const overviewQuery = z.object({
  from: day.optional().describe("the first day; by default 30 days with the last"),
  to: day.optional().describe("the last day; by default today"),
  timeZone: timeZone.default("UTC").describe("IANA name: where the days begin"),
  providerId: uuid.optional(),
  templateId: uuid.optional(),
});
export type OverviewInput = z.output<typeof overviewQuery>;

const activity = z.object({
  sent: count.describe("accepted by Meta and not failed since"),
  delivered: count,
  read: count,
  failed: count,
  replied: count,
});
export type Activity = z.output<typeof activity>;

export const overview = z.object({
  from: day,
  to: day,
  timeZone: z.string(),
  totals: activity,
  days: z.array(activity.extend({ date: day })).describe("every day, also those without anything"),
  numbers: z.array(activity.extend({ providerId: uuid, name: z.string() })),
  templates: z.array(activity.extend({ templateId: uuid, name: z.string(), language: z.string() })),
  countedAt: nullableTimestamp.describe("while messages are being sent, up to two minutes ago"),
});
export type Overview = z.output<typeof overview>;

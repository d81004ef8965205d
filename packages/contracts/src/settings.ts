import { z } from "zod";
import { changesOf } from "./scalars.ts";

const word = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .refine((value) => !value.includes("\0"), "must not contain NUL");
const words = z.array(word).max(200);

export const scheduleGraceMinutesDefault = 60;
const scheduleGraceMinutes = z
  .int()
  .min(5)
  .max(1_440)
  .describe("a scheduled broadcast that is later than this isn't launched automatically");

export const settingsView = z.object({
  stopWords: z
    .array(z.string())
    .describe("a message that is one of these and nothing else opts its sender out"),
  startWords: z.array(z.string()).describe("the same for opting in again"),
  pauseMarketingOnRedQuality: z
    .boolean()
    .describe("whether marketing broadcasts pause when Meta rates their number RED"),
  scheduleGraceMinutes,
});
export type SettingsView = z.output<typeof settingsView>;

export const updateSettingsBody = changesOf({
  stopWords: words.nullable().optional().describe("null for the defaults"),
  startWords: words.nullable().optional().describe("null for the defaults"),
  pauseMarketingOnRedQuality: z.boolean().optional(),
  scheduleGraceMinutes: scheduleGraceMinutes.optional(),
}).meta({ examples: [{ stopWords: ["stop", "no more"], pauseMarketingOnRedQuality: true }] });
export type UpdateSettingsInput = z.output<typeof updateSettingsBody>;

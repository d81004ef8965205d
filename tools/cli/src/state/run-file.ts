import { rmSync } from "node:fs";
import { z } from "zod";
import { readJsonFile } from "./read-json-file.ts";
import { writePrivateFile } from "./write-private-file.ts";

const runSchema = z.object({
  apiUrl: z.string(),
  webhookUrl: z.string(),
  dashboardUrl: z.string().nullable(),
  simulatorUrl: z.string().nullable(),
  databaseUrl: z.string(),
  redisUrl: z.string().nullable(),
  pids: z.object({
    api: z.number(),
    webhook: z.number(),
    dispatcher: z.array(z.number()),
    dashboard: z.number().nullable(),
  }),
});

/** What runs now, for scripts: the addresses, and the process ids as they are at this moment. */
export type Run = z.infer<typeof runSchema>;

/** The run file's content, or null where nothing runs. */
export function readRunFile(file: string): Run | null {
  return runSchema.safeParse(readJsonFile(file)).data ?? null;
}

/** Holds the database's password, so only this user may read it. */
export function writeRunFile(file: string, run: Run): void {
  writePrivateFile(file, `${JSON.stringify(run, null, 2)}\n`);
}

/** Removes the run file; a missing one is fine. */
export function removeRunFile(file: string): void {
  rmSync(file, { force: true });
}

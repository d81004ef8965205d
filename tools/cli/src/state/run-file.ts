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

/** The current run, for scripts: its addresses and current process ids. */
export type Run = z.infer<typeof runSchema>;

/** Returns the run file's content, or null if nothing runs. */
export function readRunFile(file: string): Run | null {
  return runSchema.safeParse(readJsonFile(file)).data ?? null;
}

/** Writes the run file. Only this user can read it, since it contains the database's password. */
export function writeRunFile(file: string, run: Run): void {
  writePrivateFile(file, `${JSON.stringify(run, null, 2)}\n`);
}

/** Removes the run file, if it exists. */
export function removeRunFile(file: string): void {
  rmSync(file, { force: true });
}

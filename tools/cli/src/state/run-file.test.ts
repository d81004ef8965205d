import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readRunFile, removeRunFile, writeRunFile } from "./run-file.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-run-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("readRunFile returns the written run from a file that only this user can read", () => {
  const file = join(scratch, "run.json");
  const run = {
    apiUrl: "http://127.0.0.1:4000",
    webhookUrl: "http://127.0.0.1:4001",
    dashboardUrl: null,
    simulatorUrl: "http://127.0.0.1:9",
    databaseUrl: "postgres://u:p@127.0.0.1:5/x",
    redisUrl: null,
    pids: { api: 1, webhook: 2, dispatcher: [3, 4], dashboard: null },
  };
  writeRunFile(file, run);
  expect(readRunFile(file)).toEqual(run);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  removeRunFile(file);
  removeRunFile(file);
  expect(readRunFile(file)).toBeNull();
});

test("readRunFile returns null when the file is malformed", () => {
  const file = join(scratch, "broken.json");
  writeFileSync(file, "{");
  expect(readRunFile(file)).toBeNull();
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { takeUpLock, upLockHolder } from "./up-lock.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-lock-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("takeUpLock returns the holder until the lock is released", () => {
  const file = join(scratch, "deep", "lock");
  const lock = takeUpLock(file);
  expect(takeUpLock(file)).toEqual({ holder: process.pid });
  if ("release" in lock) lock.release();
  expect(upLockHolder(file)).toBeNull();
  expect(takeUpLock(file)).toHaveProperty("release");
});

test("takeUpLock takes over the lock of a process that is gone", async () => {
  const file = join(scratch, "stale");
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "exit");
  symlinkSync(String(gone.pid), file);
  expect(takeUpLock(file)).toHaveProperty("release");
  expect(upLockHolder(file)).toBe(process.pid);
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "@loudhailer/local/running-process.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { createShutdownStack } from "../processes/shutdown-stack.ts";
import { installPackages } from "./install-packages.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-install-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => void vi.unstubAllEnvs());
const stack = () => createShutdownStack({ graceMs: 2_000 });
const quiet = () => undefined;

/** Returns the path of a stand-in for the `loudhailer` script. */
function script(name: string, lines: string): string {
  const file = join(scratch, name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
}

test("nothing is installed when all packages are", async () => {
  vi.stubEnv("LOUDHAILER_HAS_SENDING_ONLY", undefined);
  const file = script("unused", "exit 1");
  await expect(installPackages(stack(), quiet, file)).resolves.toBeUndefined();
});

test("the script installs what is missing", async () => {
  vi.stubEnv("LOUDHAILER_HAS_SENDING_ONLY", "1");
  const said: string[] = [];
  const calls = join(scratch, "calls");
  await installPackages(stack(), (line) => said.push(line), script("ok", `echo "$*" >'${calls}'`));
  expect(readFileSync(calls, "utf8")).toBe("--install\n");
  expect(said).toEqual(["Dashboard   installing its packages …"]);
});

test("a failed installation throws the script's output", async () => {
  vi.stubEnv("LOUDHAILER_HAS_SENDING_ONLY", "1");
  const file = script("offline", "echo 'loudhailer: No network.' >&2; exit 1");
  await expect(installPackages(stack(), quiet, file)).rejects.toThrow(
    "The dashboard's packages can't be installed:\nloudhailer: No network.",
  );
});

test("a stop ends npm together with the script", async () => {
  vi.stubEnv("LOUDHAILER_HAS_SENDING_ONLY", "1");
  const pidFile = join(scratch, "npm.pid");
  const running = stack();
  const file = script("slow", `sleep 60 & echo $! >'${pidFile}'; wait`);
  const outcome = installPackages(running, quiet, file).catch(() => "ended");
  const pid = await eventually(() => Number(readFileSync(pidFile, "utf8")) || false);
  await running.stopAll();
  expect(await outcome).toBe("ended");
  expect(isRunning(pid)).toBe(false);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveChromium } from "@loudhailer/local/chromium.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import type { TestProject } from "vitest/node";
import { runSchema, type Stand } from "./stand.ts";

declare module "vitest" {
  interface ProvidedContext {
    stand: Stand;
  }
}

const cli = fileURLToPath(new URL("../../../../tools/cli/src/main.ts", import.meta.url));

/**
 * Runs once per test run. Starts everything that `./loudhailer up` starts, with its own state and
 * ports, and finds a Chromium. Returns a function that stops everything.
 * @throws Error with the output of `up` if it doesn't start
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = resolveChromium();
  const stateDir = mkdtempSync(join(tmpdir(), "loudhailer-dashboard-"));
  // Started by root, PostgreSQL runs under another account, which must reach its data here.
  chmodSync(stateDir, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LOUDHAILER_STATE_DIR: stateDir,
    API_PORT: "0",
    WEBHOOK_PORT: "0",
    METRICS_PORT: "0",
    DASHBOARD_PORT: "0",
  };
  for (const name of ["DATABASE_URL", "REDIS_URL", "META_GRAPH_URL", "NODE_ENV", "PUBLIC_URL"]) {
    delete env[name];
  }
  const up = spawn(process.execPath, [cli, "up"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  up.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  up.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const stop = async (): Promise<void> => {
    if (up.exitCode === null) {
      const exited = once(up, "exit");
      up.kill("SIGTERM");
      await exited;
    }
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await eventually(
      () => {
        if (up.exitCode !== null) return true;
        return output.includes("Loudhailer is up");
      },
      { timeoutMs: 300_000, everyMs: 100 },
    );
    const runFile = join(stateDir, "run.json");
    if (!existsSync(runFile)) throw new Error(`The stand did not come up:\n${output}`);
    const [, email = "", password = ""] = /^Login +(\S+) +password (\S+)/m.exec(output) ?? [];
    const run = runSchema.parse(JSON.parse(readFileSync(runFile, "utf8")));
    project.provide("stand", { ...run, chromium, demo: { email, password } });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

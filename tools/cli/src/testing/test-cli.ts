import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterAll } from "vitest";
import { readRunFile, type Run } from "../state/run-file.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A `loudhailer` command in a separate process. */
export interface RunningCli {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  exitCode: Promise<unknown>;
}

/**
 * Returns functions that run commands with separate state and ports. Removes the state after the
 * last test of the file.
 */
export function useCli() {
  const stateDir = mkdtempSync(join(tmpdir(), "loudhailer-cli-"));
  // If this process is root, PostgreSQL runs under another account, which must reach its data.
  chmodSync(stateDir, 0o755);
  afterAll(() => rmSync(stateDir, { recursive: true, force: true }));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LOUDHAILER_STATE_DIR: stateDir,
    API_PORT: "0",
    WEBHOOK_PORT: "0",
    METRICS_PORT: "0",
    DASHBOARD_PORT: "0",
  };
  for (const name of ["DATABASE_URL", "REDIS_URL", "META_GRAPH_URL", "NODE_ENV"]) delete env[name];

  const output = { latest: () => "" };
  const readRun = () => readRunFile(join(stateDir, "run.json")) ?? false;

  return {
    stateDir,
    run: (args: string[], extra: NodeJS.ProcessEnv = {}): RunningCli => {
      const child = spawn(process.execPath, [main, ...args], {
        env: { ...env, ...extra },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const text = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
      output.latest = () => text.stderr;
      return {
        child,
        stdout: () => text.stdout,
        stderr: () => text.stderr,
        exitCode: once(child, "close").then(([code]: unknown[]) => code),
      };
    },
    /**
     * Resolves to the run once everything is ready.
     * @throws Error with the latest command's messages if it isn't ready in time
     */
    activeRun: async (): Promise<Run> => {
      try {
        return await eventually(readRun, { timeoutMs: 60_000 });
      } catch (error) {
        throw new Error(`The command isn't ready: ${output.latest()}`, { cause: error });
      }
    },
    isAnythingActive: () => readRunFile(join(stateDir, "run.json")) !== null,
  };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { guardProcess, releaseProcess } from "@loudhailer/local/guard-process.ts";
import { z } from "zod";

const cli = fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url));
const runSchema = z.object({ dashboardUrl: z.string(), apiUrl: z.string() });

/** Running stack of `./loudhailer up`, with its sign-in and API key. */
export interface RunningDashboard extends z.infer<typeof runSchema> {
  email: string;
  password: string;
  apiKey: string;
  stop(): Promise<void>;
}

/**
 * Starts `./loudhailer up` with its own state and ports. The first start also builds the dashboard.
 * @throws Error if the command can't be started or ends before everything is up
 */
export async function startDashboard(): Promise<RunningDashboard> {
  const stateDir = mkdtempSync(join(tmpdir(), "loudhailer-bench-"));
  // If started by root, PostgreSQL runs as another account, which needs access to its data here.
  chmodSync(stateDir, 0o755);
  const ports = { API_PORT: "0", WEBHOOK_PORT: "0", METRICS_PORT: "0", DASHBOARD_PORT: "0" };
  const up = spawn(process.execPath, [cli, "up"], {
    env: { ...process.env, ...ports, LOUDHAILER_STATE_DIR: stateDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { pid } = up;
  if (pid === undefined) throw new Error("up could not be started");
  guardProcess(pid, "SIGTERM");
  let output = "";
  up.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const stop = async (): Promise<void> => {
    const exited = up.exitCode === null ? once(up, "exit") : null;
    up.kill("SIGTERM");
    await exited;
    releaseProcess(pid);
    rmSync(stateDir, { recursive: true, force: true });
  };
  const runFile = join(stateDir, "run.json");
  while (!output.includes("Loudhailer is up") || !existsSync(runFile)) {
    if (up.exitCode !== null) throw new Error(`up ended:\n${output}`);
    await wait(100);
  }
  const [, email = "", password = ""] = /^Login +(\S+) +password (\S+)/m.exec(output) ?? [];
  const [, apiKey = ""] = /^API key +(\S+)/m.exec(output) ?? [];
  const run = runSchema.parse(JSON.parse(readFileSync(runFile, "utf8")));
  return { ...run, email, password, apiKey, stop };
}

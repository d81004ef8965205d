import { join } from "node:path";
import type { StatePaths } from "../checkout.ts";
import type { Stoppable } from "../processes/shutdown-stack.ts";
import { superviseProcess, type SupervisedProcess } from "../processes/supervise-process.ts";
import { dashboardDir, dashboardEnvironment, nextProgram } from "./next-program.ts";

/** Mode of the dashboard: a production build, or its sources for development. */
type DashboardMode = { kind: "built"; distDir: string } | { kind: "dev" };

/** Settings of the dashboard of one run. */
export interface StartDashboardOptions {
  paths: StatePaths;
  port: number;
  mode: DashboardMode;
  apiUrl: string;
  publicUrl: string;
  login: { email: string; password: string };
  add(started: Stoppable): void;
  say(line: string): void;
  onRestart(): void;
}

/**
 * Starts the dashboard on `port` and resolves when it answers. Restarts it when it exits.
 * @throws CliError if the dashboard exits or isn't ready within 60 s
 */
export function startDashboard({
  paths,
  port,
  mode,
  apiUrl,
  publicUrl,
  login,
  add,
  say,
  onRestart,
}: StartDashboardOptions): Promise<SupervisedProcess> {
  const host = process.env["LISTEN_HOST"] || "127.0.0.1";
  const command = mode.kind === "dev" ? "dev" : "start";
  return superviseProcess(
    {
      name: "dashboard",
      command: process.execPath,
      args: [nextProgram(), command, dashboardDir, "-p", String(port), "-H", host],
      env: {
        ...dashboardEnvironment(),
        API_URL: apiUrl,
        PUBLIC_URL: publicUrl,
        DEMO_LOGIN_EMAIL: login.email,
        DEMO_LOGIN_PASSWORD: login.password,
        ...(mode.kind === "built" && { NEXT_DIST_DIR: mode.distDir }),
      },
      logFile: join(paths.logs, "dashboard.log"),
      readyUrl: `http://127.0.0.1:${port}/healthz`,
      onRestart,
      say,
    },
    add,
  );
}

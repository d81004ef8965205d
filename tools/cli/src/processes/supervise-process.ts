import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { stopProcess } from "@loudhailer/local/running-process.ts";
import { spawnGuarded } from "@loudhailer/local/spawn-guarded.ts";
import { CliError } from "../cli-error.ts";
import type { Stoppable } from "./shutdown-stack.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

const restartDelayMsMin = 500;
const restartDelayMsMax = 10_000;
// A child that ran this long was healthy, so its next restart uses the shortest delay again.
const healthyMs = 30_000;

/** A child process and the settings of its supervision. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** URL that answers with a 2xx status once the process is ready. */
  readyUrl: string;
  /** Called after each restart of the process. */
  onRestart?(): void;
  say(line: string): void;
}

/** A running child that is restarted when it exits. */
export type SupervisedProcess = Stoppable & { pid(): number };

/**
 * Starts a child process and resolves when it is ready. From then on restarts it whenever it exits,
 * after 0.5 s, then 1 s, 2 s … 10 s, until it is stopped. The child ends when this process exits
 * for any reason. Calls `add` before the child is ready, so that it can already be stopped.
 * @throws CliError with the end of the child's log if the child exits before it is ready
 * @throws CliError with the log's path if the child isn't ready within 60 s
 */
export async function superviseProcess(
  spec: ProcessSpec,
  add: (started: SupervisedProcess) => void,
): Promise<SupervisedProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  let stopped = false;
  let restartTimer: NodeJS.Timeout | undefined;
  let delayMs = restartDelayMsMin;
  let child = launch(spec, "w");
  let startedAt = performance.now();

  const supervised: SupervisedProcess = {
    pid: () => child.pid ?? 0,
    stop: async (graceMs) => {
      stopped = true;
      clearTimeout(restartTimer);
      if (isAlive(child)) await stopProcess(child.pid ?? 0, { graceMs });
    },
    kill: () => {
      stopped = true;
      clearTimeout(restartTimer);
      child.kill("SIGKILL");
    },
  };
  add(supervised);

  const dead = new Promise<never>((_resolve, reject) => {
    child.once("error", (error) => reject(new CliError(`${spec.name}: ${error.message}`)));
    child.once("exit", () => reject(new CliError(describeFailedStart(spec))));
  });
  await Promise.race([waitUntilReady(spec), dead]);

  const restartOnExit = (): void => {
    child.once("exit", (code, signal) => {
      if (stopped) return;
      if (performance.now() - startedAt >= healthyMs) delayMs = restartDelayMsMin;
      const how = signal ?? `exit code ${code}`;
      spec.say(`${spec.name} ended (${how}); starting it again in ${delayMs / 1000} s`);
      restartTimer = setTimeout(() => {
        child = launch(spec, "a");
        startedAt = performance.now();
        restartOnExit();
        spec.onRestart?.();
      }, delayMs);
      delayMs = Math.min(delayMs * 2, restartDelayMsMax);
    });
  };
  restartOnExit();
  return supervised;
}

function launch({ command, args, env, logFile }: ProcessSpec, logMode: "w" | "a"): ChildProcess {
  return spawnGuarded(command, args, { env, logFile, logMode, signal: "SIGTERM" });
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function describeFailedStart(spec: ProcessSpec): string {
  const lines = readFileSync(spec.logFile, "utf8").trimEnd().split("\n").slice(-15);
  return [`${spec.name} did not start. The end of its log (${spec.logFile}):`, ...lines].join("\n");
}

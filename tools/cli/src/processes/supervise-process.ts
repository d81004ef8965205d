import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { guardProcess, releaseProcess } from "@loudhailer/local/guard-process.ts";
import { stopProcess } from "@loudhailer/local/running-process.ts";
import { CliError } from "../cli-error.ts";
import type { Stoppable } from "./shutdown-stack.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

const restartDelayMsMin = 500;
const restartDelayMsMax = 10_000;
// A child that ran this long was healthy: the next failure starts again from the shortest delay.
const healthyMs = 30_000;

/** A child process and how to keep it running. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Answers 200 once the process does its work. */
  readyUrl: string;
  /** Told each time the process has been started again. */
  onRestart?(): void;
  say(line: string): void;
}

/** A running child that is started again when it dies. */
export type SupervisedProcess = Stoppable & { pid(): number };

/**
 * Starts a child process and resolves when it is ready. From then on it is started again whenever
 * it dies, after 0.5 s, then 1 s, 2 s … 10 s, until it is stopped. It ends with this process,
 * however that ends. `add` is told of it before it is ready, so that it can be stopped meanwhile.
 * @throws CliError with the end of its log when it dies or is not ready within 60 s at first
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

function launch(spec: ProcessSpec, logMode: "w" | "a"): ChildProcess {
  const log = openSync(spec.logFile, logMode, 0o600);
  // Detached: Ctrl-C in a terminal must reach us alone, so that we stop things in order.
  const child = spawn(spec.command, spec.args, {
    env: spec.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) return child;
  guardProcess(pid, "SIGTERM");
  child.once("exit", () => releaseProcess(pid));
  return child;
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function describeFailedStart(spec: ProcessSpec): string {
  const lines = readFileSync(spec.logFile, "utf8").trimEnd().split("\n").slice(-15);
  return [`${spec.name} did not start. The end of its log (${spec.logFile}):`, ...lines].join("\n");
}

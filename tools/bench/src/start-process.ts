import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { guardProcess, releaseProcess } from "@loudhailer/local/guard-process.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const stopMsMax = 20_000;

export interface StartedProcess {
  pid: number;
  /** Line of JSON that announced readiness; `url` is empty for services. */
  ready: { url: string };
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<void>;
  /** Ends the process with SIGTERM, and with SIGKILL after 20 s. Does nothing if it has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a program of this repository. Resolves when it prints `{"url":…}` or logs "service
 * started". Appends its output to `logFile`, if given.
 * @throws Error if the program can't be started or ends before that
 */
export async function startProcess(
  path: string,
  args: string[],
  env: Record<string, string>,
  logFile?: string,
): Promise<StartedProcess> {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} could not be started`);
  guardProcess(pid, "SIGKILL");
  const exited = once(child, "exit").then(() => releaseProcess(pid));
  if (logFile !== undefined) child.stdout.pipe(createWriteStream(logFile, { flags: "a" }));
  const ready = await Promise.race([readyLine(child), exited.then(() => null)]);
  if (!ready) throw new Error(`${path} ended before it was ready`);
  return {
    pid,
    ready,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
      await exited;
      clearTimeout(timer);
    },
  };
}

/**
 * Resolves to the line of readiness, and keeps reading: a program blocks if its output isn't read.
 */
function readyLine({ stdout }: ChildProcess): Promise<{ url: string }> {
  if (!stdout) throw new Error("its output is not piped");
  const lines = createInterface({ input: stdout });
  return new Promise((resolve) => {
    lines.on("line", (line) => {
      const ready = parseReady(line);
      if (ready) resolve(ready);
    });
  });
}

function parseReady(line: string): { url: string } | null {
  if (!/"url"|service started/.test(line)) return null;
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== "object" || parsed === null) return null;
  if ("url" in parsed && typeof parsed.url === "string") return { url: parsed.url };
  return "msg" in parsed && parsed.msg === "service started" ? { url: "" } : null;
}

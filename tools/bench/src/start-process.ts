import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { guardProcess, releaseProcess } from "@loudhailer/local/guard-process.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface StartedProcess {
  pid: number;
  /** The line of JSON by which it said that it is ready. */
  ready: { url: string };
  /** CPU seconds so far, by the kernel's account; null where that can't be read. */
  stop(): Promise<void>;
}

/** Starts one of our programs and resolves when it says `{"url":…}` or logs "service started". */
export async function startProcess(
  path: string,
  args: string[],
  env: Record<string, string>,
): Promise<StartedProcess> {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${path} could not be started`);
  guardProcess(pid, "SIGKILL");
  const exited = once(child, "exit");
  const ready = await Promise.race([
    readyLine(createInterface({ input: child.stdout })),
    exited.then(() => null),
  ]);
  if (!ready) throw new Error(`${path} ended before it was ready`);
  return {
    pid,
    ready,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      releaseProcess(pid);
    },
  };
}

async function readyLine(lines: AsyncIterable<string>): Promise<{ url: string } | null> {
  for await (const line of lines) {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== "object" || parsed === null) continue;
    if ("url" in parsed && typeof parsed.url === "string") return { url: parsed.url };
    if ("msg" in parsed && parsed.msg === "service started") return { url: "" };
  }
  return null;
}

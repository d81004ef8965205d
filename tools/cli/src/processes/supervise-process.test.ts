import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { isRunning, waitUntilGone } from "@loudhailer/local/running-process.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterAll, expect, test } from "vitest";
import { superviseProcess, type ProcessSpec } from "./supervise-process.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-supervise-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const serve = `require("node:http").createServer((_, response) => response.end("ok"))`;

async function specOf(
  name: string,
  script: (port: number) => string,
): Promise<ProcessSpec & { said: string[] }> {
  const port = await findFreePort();
  const said: string[] = [];
  return {
    name,
    command: process.execPath,
    args: ["-e", script(port)],
    env: process.env,
    logFile: join(scratch, "logs", `${name}.log`),
    readyUrl: `http://127.0.0.1:${port}/`,
    say: (line) => said.push(line),
    said,
  };
}

test("superviseProcess restarts a child that dies and prints a line, until the child is stopped", async () => {
  const spec = await specOf("worker", (port) => `${serve}.listen(${port}, "127.0.0.1")`);
  let restarts = 0;
  const worker = await superviseProcess({ ...spec, onRestart: () => restarts++ }, () => {});
  const first = worker.pid();
  process.kill(first, "SIGKILL");
  const second = await eventually(() => worker.pid() !== first && worker.pid());
  expect(spec.said).toEqual(["worker ended (SIGKILL); starting it again in 0.5 s"]);
  expect(restarts).toBe(1);
  await eventually(async () => (await fetch(spec.readyUrl)).ok);

  await worker.stop(5_000);
  expect(isRunning(second)).toBe(false);
});

test("stop kills a child that ignores SIGTERM when the time is up", async () => {
  const spec = await specOf(
    "stubborn",
    (port) => `process.on("SIGTERM", () => {}); ${serve}.listen(${port}, "127.0.0.1")`,
  );
  const stubborn = await superviseProcess(spec, () => {});
  await stubborn.stop(100);
  expect(isRunning(stubborn.pid())).toBe(false);
  expect(spec.said).toEqual([]);
});

test("superviseProcess rejects with the end of the log when the child dies before it is ready", async () => {
  const spec = await specOf("broken", () => `console.error("the reason"); process.exit(3)`);
  await expect(superviseProcess(spec, () => {})).rejects.toThrow(
    /^broken did not start\. The end of its log \(.*broken\.log\):\nthe reason$/,
  );
});

test("a child ends when the supervising process is SIGKILLed", async () => {
  const spec = await specOf("orphan", (port) => `${serve}.listen(${port}, "127.0.0.1")`);
  const module = new URL("./supervise-process.ts", import.meta.url).href;
  const supervisor = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { superviseProcess } = await import(${JSON.stringify(module)});
       const spec = { ...${JSON.stringify(spec)}, say: () => {} };
       const child = await superviseProcess(spec, () => {});
       (await import("node:fs")).writeFileSync(${JSON.stringify(join(scratch, "pid"))}, String(child.pid()));`,
    ],
    { stdio: "inherit" },
  );
  const pid = await eventually(() => Number(readFileSync(join(scratch, "pid"), "utf8")) || false);
  supervisor.kill("SIGKILL");
  expect(await waitUntilGone(pid, 10_000)).toBe(true);
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { callGraph, phoneOf, send } from "./testing/call-graph.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** First line on stdout. */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const ready = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
      if (stdout.includes("\n")) resolve(stdout.split("\n")[0] ?? "");
    });
  });
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const ended = once(child, "close").then(([code]) => ({ code, stdout, stderr }));
  return { child, ready, ended };
}

test("the simulator prints its address as JSON, answers there, and exits with 0 on SIGTERM", async () => {
  const { child, ready, ended } = run(
    ..."--port 0 --phone-number-id 42 --waba-id 43 --messages-per-second 500 --access-token t".split(
      " ",
    ),
  );
  const { url } = JSON.parse(await ready);
  const fields = await callGraph(url, "GET", "/v25.0/42?fields=throughput", undefined, "t");
  expect(fields.json).toEqual({ id: "42", throughput: { level: "HIGH" } });
  expect((await callGraph(url, "GET", "/v25.0/43?fields=id", undefined, "t")).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 0, stdout: `{"url":"${url}"}\n`, stderr: "" });
});

test("the simulator exits with 0 on SIGINT while an answer and webhooks are pending", async () => {
  const { child, ready, ended } = run(
    "--latency-ms",
    "5000",
    "--webhook-url",
    "http://127.0.0.1:9/",
  );
  const { url } = JSON.parse(await ready);
  const sending = send(url, phoneOf(1)).catch(() => "cut off");
  await expect
    .poll(async () => (await callGraph(url, "GET", "/_ledger")).json.accepted, { timeout: 10_000 })
    .toBe(1);
  child.kill("SIGINT");
  expect((await ended).code).toBe(0);
  expect(await sending).toBe("cut off");
});

test("the simulator prints one sentence and exits with 1 when its port is in use", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  expect(await run("--port", String(port)).ended).toEqual({
    code: 1,
    stdout: "",
    stderr: `meta-simulator: port ${port} is in use; choose another with --port, or 0 for any free one.\n`,
  });
  server.close();
});

test.for([
  [["--no-such-flag"], "--no-such-flag"],
  [["--port", "many"], "--port"],
  [["--undeliverable", "1.5"], "--undeliverable: "],
  [["--webhook-url", "ftp://x"], "--webhook-url: "],
  [["stray"], "stray"],
] as const)("the simulator rejects %j with one sentence and exit code 2", async ([args, word]) => {
  const { code, stdout, stderr } = await run(...args).ended;
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(word);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("--help lists the flags and exits with 0", async () => {
  const { code, stdout } = await run("--help").ended;
  expect(code).toBe(0);
  for (const flag of ["--port", "--undeliverable", "--messages-per-second", "--no-pair-rate"])
    expect(stdout).toContain(flag);
});

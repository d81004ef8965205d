import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const prelude = `
  import { z } from "zod";
  import { runService } from "${new URL("run-service.ts", import.meta.url).href}";
  import { StartError } from "${new URL("start-error.ts", import.meta.url).href}";
  import * as fields from "${new URL("env-fields.ts", import.meta.url).href}";
  const say = (word) => process.stdout.write(JSON.stringify({ said: word }) + "\\n");
  const schema = z.object({ LOG_LEVEL: fields.logLevel, DATABASE_URL: fields.databaseUrl });
`;
const env = { ...process.env, DATABASE_URL: "postgres://u:pa55@127.0.0.1/x" };

function run(body: string, environment: NodeJS.ProcessEnv = env) {
  const child = spawn(
    process.execPath,
    ["--input-type=module-typescript", "--eval", `${prelude}\n${body}`],
    { env: environment, stdio: ["ignore", "pipe", "pipe"] },
  );
  const started = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("service started")) resolve();
    });
  });
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("exit", resolve)),
  ]).then(([stdout, stderr, code]) => ({
    stderr,
    code,
    said: [...stdout.matchAll(/"said":"([^"]*)"/g)].map((match) => match[1]),
    stdout,
  }));
  return { child, started, ended };
}

const openTwo = `
  onShutdown(() => say("first closed"));
  const timer = setInterval(() => undefined, 1000);
  onShutdown(async () => { clearInterval(timer); await new Promise((r) => setTimeout(r, 50)); say("second closed"); });
`;

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s closes everything in reverse order and exits 0 despite a repeated signal",
  async (signal) => {
    const { child, started, ended } = run(
      `await runService("tester", schema, async ({ onShutdown }) => { ${openTwo} });`,
    );
    await started;
    child.kill(signal);
    child.kill("SIGTERM");
    const { code, said } = await ended;
    expect(said).toEqual(["second closed", "first closed"]);
    expect(code).toBe(0);
  },
);

test("a shutdown runs the remaining closes when one fails", async () => {
  const { child, started, ended } = run(
    `await runService("tester", schema, async ({ onShutdown }) => {
      ${openTwo} onShutdown(() => { throw new Error("stuck"); }); });`,
  );
  await started;
  child.kill("SIGTERM");
  const { code, said } = await ended;
  expect(said).toEqual(["second closed", "first closed"]);
  expect(code).toBe(0);
});

test("an invalid environment prints plain text and exits 1 before anything starts", async () => {
  const { ended } = run(`await runService("tester", schema, async () => { say("started"); });`, {
    ...process.env,
    DATABASE_URL: "",
    LOG_LEVEL: "loud",
  });
  const { code, stderr, said } = await ended;
  expect(code).toBe(1);
  expect(said).toEqual([]);
  expect(stderr).toMatch(/^loudhailer tester cannot start\.\n2 things are wrong/);
  expect(stderr).toContain("DATABASE_URL is not set");
  expect(stderr).not.toContain("    at ");
});

test("a StartError prints its message, closes everything, and exits 1", async () => {
  const { ended } = run(
    `await runService("tester", schema, async ({ onShutdown }) => {
      ${openTwo} throw new StartError("Port 4001 is in use."); });`,
  );
  const { code, stderr, said } = await ended;
  expect(stderr).toBe("loudhailer tester cannot start.\nPort 4001 is in use.\n");
  expect(said).toEqual(["second closed", "first closed"]);
  expect(code).toBe(1);
});

test.each([
  ["an unhandled rejection", `void Promise.reject(new Error("forgotten"))`],
  ["a rejection with nothing", "void Promise.reject(undefined)"],
  ["an uncaught exception", `setTimeout(() => { throw new Error("forgotten"); }, 1)`],
])("%s is logged, closes everything, and exits 1", async (_name, failure) => {
  const { ended } = run(
    `await runService("tester", schema, async ({ onShutdown }) => { ${openTwo} ${failure}; });`,
  );
  const { code, said, stdout } = await ended;
  expect(stdout).toContain("unhandled failure, service stops");
  expect(said).toEqual(["second closed", "first closed"]);
  expect(code).toBe(1);
});

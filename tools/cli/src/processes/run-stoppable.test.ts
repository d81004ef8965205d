import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const modules = {
  run: new URL("./run-stoppable.ts", import.meta.url).href,
  output: new URL("../output.ts", import.meta.url).href,
};

/**
 * Runs `work` with runStoppable in a separate process. Sends a signal after each output line that
 * is a key of `signalAfter`.
 */
async function run(
  work: string,
  stop: string,
  signalAfter: Record<string, NodeJS.Signals> = {},
): Promise<{ code: unknown; lines: string[] }> {
  const script = `
    const { runStoppable } = await import(${JSON.stringify(modules.run)});
    const { createOutput } = await import(${JSON.stringify(modules.output)});
    const forever = new Promise(() => setInterval(() => {}, 1000));
    try {
      const result = await runStoppable(createOutput(process.stdout), async (stack) => {
        stack.add({ stop: async () => { ${stop} }, kill: () => console.log("killed") });
        ${work}
      });
      console.log(JSON.stringify(result));
      process.exit(0);
    } catch (error) {
      console.log(error.message);
      process.exit(1);
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      const signal = signalAfter[line];
      if (signal) child.kill(signal);
    }
  });
  const [code] = await once(child, "close");
  return { code, lines };
}

const stopping = "Stopping … (again to end everything at once)";

test("runStoppable stops what was started when the work completes or fails", async () => {
  expect(await run(`console.log("work");`, `console.log("stop");`)).toEqual({
    code: 0,
    lines: ["work", "stop", '{"endedEarly":false}'],
  });
  expect(await run(`throw new Error("failed");`, `console.log("stop");`)).toEqual({
    code: 1,
    lines: ["stop", "failed"],
  });
});

test("runStoppable ends the work early and stops what was started on Ctrl-C, SIGTERM, and SIGHUP", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const ended = await run(`console.log("work"); await forever;`, `console.log("stop");`, {
      work: signal,
    });
    expect(ended).toEqual({ code: 0, lines: ["work", stopping, "stop", '{"endedEarly":true}'] });
  }
});

test("runStoppable kills everything immediately on a second Ctrl-C", async () => {
  const ended = await run(
    `console.log("work"); await forever;`,
    `console.log("stop"); await forever;`,
    { work: "SIGINT", stop: "SIGINT" },
  );
  expect(ended).toEqual({ code: 130, lines: ["work", stopping, "stop", "killed"] });
});

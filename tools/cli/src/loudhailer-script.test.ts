import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { checkoutDir } from "./checkout.ts";

// Records its arguments, and does to node_modules what npm does.
const fakeNpm = `#!/bin/sh
echo "$*" >>"$NPM_CALLS"
case $1 in ci) rm -rf node_modules ;; esac
mkdir -p node_modules
if [ -n "\${NPM_FAILS-}" ]; then echo "npm error network"; exit 1; fi
sleep "\${NPM_SECONDS:-0}"
echo "{}" >node_modules/.package-lock.json
`;
// Prints what the script hands over to tools/cli.
const fakeCli = `
const { LOUDHAILER_HAS_SENDING_ONLY: sendingOnly = "" } = process.env;
console.log([...process.argv.slice(2), sendingOnly && "(sending only)"].join(" ").trim());
`;

const sending = /^ci --omit=dev -w tools\/cli -w services\/api .*--no-audit --no-fund$/;
const everything = "ci --no-audit --no-fund";
const theRest = "install --no-save --no-audit --no-fund";

interface Finished {
  code: unknown;
  stdout: string;
  stderr: string;
}

/** A checkout with the real script, and with stand-ins for npm and tools/cli. */
interface Checkout {
  dir: string;
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Finished>;
  /** Returns what npm was called with since the last call of this function. */
  npmCalls(): string[];
  /** Leaves the installation for sending as an interruption of its completion does. */
  interruptCompletion(): void;
}

function createCheckout(): Checkout {
  const dir = mkdtempSync(join(tmpdir(), "loudhailer-script-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const calls = join(dir, "npm-calls");
  const bin = join(dir, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), fakeNpm);
  chmodSync(join(bin, "npm"), 0o755);
  mkdirSync(join(dir, "tools", "cli", "src"), { recursive: true });
  writeFileSync(join(dir, "tools", "cli", "src", "main.ts"), fakeCli);
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
  writeFileSync(join(dir, "package-lock.json"), "first");
  copyFileSync(join(checkoutDir, "loudhailer"), join(dir, "loudhailer"));
  const { LOUDHAILER_HAS_SENDING_ONLY: _, ...inherited } = process.env;
  const path = [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);

  return {
    dir,
    run: async (args, env = {}) => {
      const child = spawn(join(dir, "loudhailer"), args, {
        env: { ...inherited, PATH: path, NPM_CALLS: calls, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const closed = once(child, "close");
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [code]: unknown[] = await closed;
      return { code, stdout, stderr };
    },
    npmCalls: () => {
      const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
      rmSync(calls, { force: true });
      return lines;
    },
    interruptCompletion: () => {
      const marker = join(dir, "node_modules", ".loudhailer-lock-");
      renameSync(`${marker}sending`, `${marker}completing`);
    },
  };
}

test("demo installs only what sending needs, and only once", async () => {
  const checkout = createCheckout();
  const first = await checkout.run(["demo", "--exit"]);
  expect(first).toMatchObject({ code: 0, stdout: "demo --exit (sending only)\n" });
  expect(first.stderr).toBe("Installing dependencies …\n");
  expect(checkout.npmCalls()).toEqual([expect.stringMatching(sending)]);

  expect(await checkout.run(["up"])).toMatchObject({ stdout: "up (sending only)\n", stderr: "" });
  expect(checkout.npmCalls()).toEqual([]);
});

test.for(["test", "check", "bench"])(
  "%s installs everything at once in a fresh clone",
  async (command) => {
    const checkout = createCheckout();
    expect((await checkout.run([command, "x"])).stdout).toBe(`${command} x\n`);
    expect(checkout.npmCalls()).toEqual([everything]);
    expect((await checkout.run(["demo"])).stdout).toBe("demo\n");
    expect(checkout.npmCalls()).toEqual([]);
  },
);

test("a later test command adds what demo did not install and removes nothing that a running demo uses", async () => {
  const checkout = createCheckout();
  await checkout.run(["demo"]);
  const used = join(checkout.dir, "node_modules", "used");
  writeFileSync(used, "");
  checkout.npmCalls();
  expect(await checkout.run(["test"])).toMatchObject({ code: 0, stdout: "test\n" });
  expect(checkout.npmCalls()).toEqual([theRest]);
  expect(existsSync(used)).toBe(true);
  await checkout.run(["test"]);
  await checkout.run(["demo"]);
  expect(checkout.npmCalls()).toEqual([]);
});

test("--install completes the installation and runs no command", async () => {
  const checkout = createCheckout();
  await checkout.run(["demo"]);
  checkout.npmCalls();
  expect(await checkout.run(["--install"])).toMatchObject({ code: 0, stdout: "" });
  expect(checkout.npmCalls()).toEqual([theRest]);
});

test("sending works as before when its completion fails, and the completion is repeated", async () => {
  const checkout = createCheckout();
  await checkout.run(["demo"]);
  checkout.npmCalls();
  const failed = await checkout.run(["test"], { NPM_FAILS: "1" });
  expect(failed).toMatchObject({ code: 1, stdout: "" });
  expect(failed.stderr).toContain(
    "npm error network\nloudhailer: Dependencies could not be installed",
  );
  expect(checkout.npmCalls()).toEqual([theRest]);
  expect((await checkout.run(["demo"])).stdout).toBe("demo (sending only)\n");
  expect(checkout.npmCalls()).toEqual([]);
  expect((await checkout.run(["test"])).code).toBe(0);
  expect(checkout.npmCalls()).toEqual([theRest]);
});

test("an interrupted completion is repeated by the next command", async () => {
  const checkout = createCheckout();
  await checkout.run(["demo"]);
  checkout.npmCalls();
  checkout.interruptCompletion();
  expect((await checkout.run(["demo"])).stdout).toBe("demo\n");
  expect(checkout.npmCalls()).toEqual([theRest]);
});

test("an interrupted first installation is repeated", async () => {
  const checkout = createCheckout();
  expect((await checkout.run(["demo"], { NPM_FAILS: "1" })).code).toBe(1);
  expect((await checkout.run(["demo"])).code).toBe(0);
  expect(checkout.npmCalls()).toEqual([
    expect.stringMatching(sending),
    expect.stringMatching(sending),
  ]);
});

test("a changed lockfile installs again what was installed before", async () => {
  const checkout = createCheckout();
  const lockfile = join(checkout.dir, "package-lock.json");
  await checkout.run(["demo"]);
  writeFileSync(lockfile, "second");
  await checkout.run(["demo"]);
  writeFileSync(lockfile, "third");
  await checkout.run(["test"]);
  writeFileSync(lockfile, "fourth");
  // Reducing the installation would break an editor, or a service that runs.
  await checkout.run(["demo"]);
  expect(checkout.npmCalls()).toEqual([
    expect.stringMatching(sending),
    expect.stringMatching(sending),
    everything,
    everything,
  ]);
});

test("an installation made by hand isn't reduced", async () => {
  const checkout = createCheckout();
  mkdirSync(join(checkout.dir, "node_modules"));
  writeFileSync(join(checkout.dir, "node_modules", ".package-lock.json"), "{}");
  await checkout.run(["demo"]);
  expect(checkout.npmCalls()).toEqual([everything]);
});

test("two commands at the same time install one after the other", async () => {
  const checkout = createCheckout();
  const slow = { NPM_SECONDS: "0.5" };
  const outcomes = await Promise.all([checkout.run(["demo"], slow), checkout.run(["demo"], slow)]);
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  expect(checkout.npmCalls()).toEqual([expect.stringMatching(sending)]);
  expect(existsSync(join(checkout.dir, ".loudhailer", "install.lock"))).toBe(false);
});

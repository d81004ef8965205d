import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { storeUrl } from "@loudhailer/testing/store-url.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { expect, onTestFinished, test } from "vitest";
import { checkoutDir } from "../checkout.ts";

const run = promisify(execFile);
const { databaseUrl } = await useTestDatabase();
const redisUrl = await storeUrl("redis");

/** Packages that better-auth, tests, or the dashboard would bring in. */
const unwanted = ["next", "react-dom", "vitest", "testcontainers", "typescript"];
/** Bound of an installation, of which 60 MB are the embedded PostgreSQL of the tests' helpers. */
const megabytesMax = 170;

/** The environment of a program that the test starts: without the test runner's own variables. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !/^(?:npm_|VITEST|NODE_|TEST$)/.test(name)));
}

/** Prunes the repository to one service and installs what it needs in production. */
async function installAlone(service: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "loudhailer-production-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const env = { ...cleanEnvironment(), TURBO_TELEMETRY_DISABLED: "1" };
  const name = `@loudhailer/${service}`;
  const turbo = join(checkoutDir, "node_modules", ".bin", "turbo");
  await run(turbo, ["prune", name, `--out-dir=${dir}`], { cwd: checkoutDir, env });
  await run("npm", ["ci", "--omit=dev", "-w", name, "--prefer-offline"], { cwd: dir, env });
  return dir;
}

/** Returns the installed packages of these names, at whatever depth. */
async function foldersNamed(names: readonly string[], dir: string): Promise<string[]> {
  const tests = names.flatMap((name) => ["-o", "-path", `*/node_modules/${name}`]).slice(1);
  const { stdout } = await run("find", [".", "-type", "d", "(", ...tests, ")"], { cwd: dir });
  return stdout.split("\n").filter((line) => line !== "");
}

async function startAlone(dir: string, service: string) {
  const port = String(await findFreePort());
  const child = spawn(process.execPath, [join("services", service, "src", "main.ts")], {
    cwd: dir,
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      META_GRAPH_URL: "http://127.0.0.1:9",
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
      AUTH_SECRET: "0123456789abcdef0123456789abcdef",
      PUBLIC_URL: "http://127.0.0.1:3000",
      WEBHOOK_PUBLIC_URL: "http://127.0.0.1:4001",
      LISTEN_HOST: "127.0.0.1",
      API_PORT: port,
      WEBHOOK_PORT: port,
      METRICS_PORT: port,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit").then(([code]: unknown[]) => code);
  return { child, exited, readyUrl: `http://127.0.0.1:${port}/readyz` };
}

test.each(["api", "webhook", "dispatcher"])(
  "the %s, pruned and installed alone for production, becomes ready and exits with 0",
  { timeout: 180_000 },
  async (service) => {
    const dir = await installAlone(service);
    expect(await foldersNamed(unwanted, dir)).toEqual([]);
    const { stdout } = await run("du", ["-sm", "node_modules"], { cwd: dir });
    expect(Number.parseInt(stdout, 10)).toBeLessThan(megabytesMax);
    const { child, exited, readyUrl } = await startAlone(dir, service);
    const isReady = async () => (await fetch(readyUrl)).status === 200;
    await eventually(isReady, { timeoutMs: 30_000 });
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
  },
);

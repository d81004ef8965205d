import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findOnPath } from "./find-on-path.ts";
import { findFreePort } from "./free-port.ts";
import { guardProcess, releaseProcess } from "./guard-process.ts";
import { readIfThere } from "./read-if-there.ts";
import { commandLineOf, isRunning, stopProcess } from "./running-process.ts";

/** How to start a Redis (or Valkey) server on 127.0.0.1. */
export interface StartRedisOptions {
  /** Holds its data and log. */
  dir: string;
  /** Default: any free port. */
  port?: number;
  /** Whether data survives `stop()`; it is then written to disk every second. */
  persistent: boolean;
  /** Default: `redis.log` in `dir`. */
  logFile?: string;
}

/** A server that runs until `stop()`, or until this process ends in whatever way. */
export interface RunningRedis {
  url: string;
  port: number;
  pid: number;
  /** Killed after `graceMs`, default 5 s. */
  stop(graceMs?: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** The Redis or Valkey server on PATH, or null. */
export function findRedisServer(): string | null {
  return findOnPath("redis-server", "valkey-server");
}

/**
 * Starts the Redis or Valkey server on PATH and resolves when it answers. Nothing is ever evicted,
 * as BullMQ demands. Ends a server that a killed process left on the same folder.
 * @throws Error when none is on PATH, or it does not come up
 */
export async function startRedisServer(options: StartRedisOptions): Promise<RunningRedis> {
  const program = findRedisServer();
  if (!program) throw new Error("Neither redis-server nor valkey-server is on PATH.");
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  await endLeftOver(dir);

  const logFile = options.logFile ?? join(dir, "redis.log");
  mkdirSync(dirname(logFile), { recursive: true });
  let server = await launchServer({ program, dir, options, logFile });
  for (let tries = 1; !server && options.port === undefined && tries < 3; tries++) {
    server = await launchServer({ program, dir, options, logFile });
  }
  if (!server) throw new Error(`Redis did not start:\n${readIfThere(logFile).slice(-1_000)}`);
  const { stop } = server;
  return {
    ...server,
    stop: async (graceMs) => {
      await stop(graceMs);
      rmSync(endpointFile(dir), { force: true });
      if (!options.persistent) rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function launchServer({
  program,
  dir,
  options,
  logFile,
}: {
  program: string;
  dir: string;
  options: StartRedisOptions;
  logFile: string;
}): Promise<RunningRedis | null> {
  const port = options.port ?? (await findFreePort());
  const log = openSync(logFile, "a", 0o600);
  const flags = Object.entries({
    port: String(port),
    bind: "127.0.0.1",
    dir,
    save: "",
    appendonly: options.persistent ? "yes" : "no",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
  }).flatMap(([name, value]) => [`--${name}`, value]);
  // Detached: Ctrl-C in a terminal must reach us alone, so that we stop things in order.
  const child = spawn(program, flags, { cwd: dir, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = new Promise<null>((resolveExit) => {
    child.once("exit", () => resolveExit(null));
    child.once("error", () => resolveExit(null));
  });
  const { pid } = child;
  if (pid === undefined) return exited;
  guardProcess(pid, "SIGTERM");
  void exited.then(() => releaseProcess(pid));
  child.unref();
  writeFileSync(endpointFile(dir), JSON.stringify({ pid, port }));

  const answered = await Promise.race([waitUntilAnswering(port, pid), exited]);
  if (!answered) return null;
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    port,
    pid,
    stop: (graceMs = 5_000) => stopProcess(pid, { graceMs }),
    kill: () => child.kill("SIGKILL"),
  };
}

async function waitUntilAnswering(port: number, pid: number): Promise<true | null> {
  while (isRunning(pid)) {
    if (await ping(port)) return true;
    await sleep(25);
  }
  return null;
}

// While it loads its data it answers -LOADING.
function ping(port: number): Promise<boolean> {
  return new Promise((resolvePing) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once("data", (data) => {
      resolvePing(data.toString().startsWith("+PONG"));
      socket.destroy();
    });
    socket.once("error", () => resolvePing(false));
    socket.once("close", () => resolvePing(false));
  });
}

async function endLeftOver(dir: string): Promise<void> {
  const text = readIfThere(endpointFile(dir));
  const [, pid, port] = /"pid":(\d+),"port":(\d+)/.exec(text) ?? [];
  if (!pid || !port) return;
  // Redis writes its address into its command line, so a reused process id is told apart.
  if (commandLineOf(Number(pid)).includes(`:${port}`)) await stopProcess(Number(pid));
}

function endpointFile(dir: string): string {
  return join(dir, "endpoint.json");
}

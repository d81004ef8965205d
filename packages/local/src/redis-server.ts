import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join, resolve } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { readIfThere } from "./read-if-there.ts";
import { commandLineOf, stopProcess } from "./running-process.ts";
import { launchOnPort, waitForAnswer, type RunningServer } from "./running-server.ts";
import { exitOf, spawnGuarded } from "./spawn-guarded.ts";

/** Settings for starting a Redis or Valkey server on 127.0.0.1. */
export interface StartRedisOptions {
  /** Folder for the server's data and log. */
  dir: string;
  /** Port of the server. Default: any free port. */
  port?: number | undefined;
  /** True to keep the data after `stop()`. It is then written to disk every second. */
  persistent: boolean;
  /** Path of the log. Default: `redis.log` in `dir`. */
  logFile?: string;
}

/** Returns the path of the Redis or Valkey server on PATH, or null. */
export function findRedisServer(): string | null {
  return findOnPath("redis-server", "valkey-server");
}

/**
 * Starts the Redis or Valkey server on PATH and resolves when it answers. The server never evicts
 * keys, as BullMQ requires. First stops a server that a killed process left on the same folder.
 * Stopping it sends SIGTERM, and kills it after `graceMs` (default 5 s).
 * @throws Error if no server is on PATH, or the server doesn't start
 */
export async function startRedisServer(options: StartRedisOptions): Promise<RunningServer> {
  const program = findRedisServer();
  if (!program) throw new Error("Neither redis-server nor valkey-server is on PATH.");
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  await endLeftOver(dir);

  const logFile = options.logFile ?? join(dir, "redis.log");
  mkdirSync(dirname(logFile), { recursive: true });
  const server = await launchOnPort(options.port, (port) =>
    launchRedis({ program, dir, port, persistent: options.persistent, logFile }),
  );
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

async function launchRedis(options: {
  program: string;
  dir: string;
  port: number;
  persistent: boolean;
  logFile: string;
}): Promise<RunningServer | null> {
  const { program, dir, port, persistent, logFile } = options;
  const flags = Object.entries({
    port: String(port),
    bind: "127.0.0.1",
    dir,
    save: "",
    appendonly: persistent ? "yes" : "no",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawnGuarded(program, flags, {
    cwd: dir,
    logFile,
    logMode: "a",
    signal: "SIGTERM",
  });
  const exited = exitOf(child);
  const { pid } = child;
  if (pid === undefined) return exited;
  child.unref();
  writeFileSync(endpointFile(dir), JSON.stringify({ pid, port }));

  const answered = await Promise.race([waitForAnswer(pid, () => ping(port)), exited]);
  if (!answered) return null;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    stop: (graceMs = 5_000) => stopProcess(pid, { graceMs }),
    kill: () => child.kill("SIGKILL"),
  };
}

/** Resolves to null if the server doesn't answer, or with -LOADING while it loads its data. */
function ping(port: number): Promise<true | null> {
  return new Promise((resolvePing) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once("data", (data) => {
      resolvePing(data.toString().startsWith("+PONG") || null);
      socket.destroy();
    });
    socket.once("error", () => resolvePing(null));
    socket.once("close", () => resolvePing(null));
  });
}

async function endLeftOver(dir: string): Promise<void> {
  const text = readIfThere(endpointFile(dir));
  const [, pid, port] = /"pid":(\d+),"port":(\d+)/.exec(text) ?? [];
  if (!pid || !port) return;
  // Redis puts its address in its command line, which shows whether the process id was reused.
  if (commandLineOf(Number(pid)).includes(`:${port}`)) await stopProcess(Number(pid));
}

function endpointFile(dir: string): string {
  return join(dir, "endpoint.json");
}

import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { startRedisServer } from "@loudhailer/local/redis-server.ts";
import { waitUntilGone } from "@loudhailer/local/running-process.ts";

/** A store that can be stopped and started again on the same port. */
export interface Store {
  url: string;
  pid(): number;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

export interface Stores {
  /** Durable, as in production: it comes back with its data. */
  postgres: Store;
  /** Keeps nothing on disk: it comes back empty. */
  redis: Store;
  /** The services' logs: BENCH_LOG_DIR, where they stay, or a folder that goes with the stores. */
  logDir: string;
  close(): Promise<void>;
}

const crashMsMax = 10_000;

/** PostgreSQL and Redis of this run alone, on any free ports of this machine. */
export async function startStores(): Promise<Stores> {
  const dir = await mkdtemp(join(tmpdir(), "loudhailer-bench-"));
  // PostgreSQL runs under an account of its own where we are root.
  await chmod(dir, 0o755);
  const logDir = process.env["BENCH_LOG_DIR"] ?? dir;
  await mkdir(logDir, { recursive: true });
  installRedisServer();
  const [postgres, redis] = await Promise.all([
    openStore((port) =>
      startEmbeddedPostgres({
        dataDir: join(dir, "postgres"),
        persistent: true,
        // A quarter of an 8 GB server's memory, as PostgreSQL's manual advises. What it scans whole it
        // keeps only up to a quarter of this: a million contacts are 300 MB.
        settings: { max_connections: "400", shared_buffers: "2GB" },
        ...(port === undefined ? {} : { port }),
      }),
    ),
    openStore((port) =>
      startRedisServer({
        dir: join(dir, "redis"),
        persistent: false,
        ...(port === undefined ? {} : { port }),
      }),
    ),
  ]);
  return {
    postgres,
    redis,
    logDir,
    async close() {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Running {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
  kill(): void;
}

async function openStore(start: (port?: number) => Promise<Running>): Promise<Store> {
  let running = await start();
  return {
    url: running.url,
    pid: () => running.pid,
    stop: () => running.stop(),
    async crash() {
      running.kill();
      await waitUntilGone(running.pid, crashMsMax);
    },
    async start() {
      running = await start(running.port);
    },
  };
}

import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { startRedisServer } from "@loudhailer/local/redis-server.ts";
import { waitUntilGone } from "@loudhailer/local/running-process.ts";
import type { RunningServer } from "@loudhailer/local/running-server.ts";

/** Store that can be stopped and started again on the same port. */
interface Store {
  url: string;
  pid(): number;
  stop(): Promise<void>;
  /** Kills the store, like a power cut. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

export interface Stores {
  /** Durable, as in production: its data survives a restart. */
  postgres: Store;
  /** Memory only, nothing on disk: its data doesn't survive a restart. */
  redis: Store;
  /** Folder of PostgreSQL's data. */
  postgresDir: string;
  /** PostgreSQL's log. */
  postgresLog: string;
  /** Folder of the services' logs: BENCH_LOG_DIR, or one that is deleted with the stores. */
  logDir: string;
  close(): Promise<void>;
}

const crashMsMax = 10_000;

/**
 * A quarter of an 8 GB server's memory, as PostgreSQL's manual advises. PostgreSQL keeps a table
 * that it scans whole only up to a quarter of this: a million contacts take 300 MB.
 */
export const postgresSettings = {
  max_connections: "400",
  shared_buffers: "2GB",
  // Whole statements, so that those which claim can be told from others.
  track_activity_query_size: "16kB",
};

/** Starts PostgreSQL and Redis for this run only, on free ports of this machine. */
export async function startStores(): Promise<Stores> {
  const dir = await mkdtemp(join(tmpdir(), "loudhailer-bench-"));
  // If started by root, PostgreSQL runs as its own account.
  await chmod(dir, 0o755);
  const logDir = process.env["BENCH_LOG_DIR"] ?? dir;
  await mkdir(logDir, { recursive: true });
  const [postgresDir, postgresLog] = [join(dir, "postgres"), join(logDir, "postgres.log")];
  installRedisServer();
  const [postgres, redis] = await Promise.all([
    openStore((port) =>
      startEmbeddedPostgres({
        dataDir: postgresDir,
        persistent: true,
        settings: postgresSettings,
        logFile: postgresLog,
        port,
      }),
    ),
    openStore((port) => startRedisServer({ dir: join(dir, "redis"), persistent: false, port })),
  ]);
  return {
    postgres,
    redis,
    postgresDir,
    postgresLog,
    logDir,
    async close() {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openStore(start: (port?: number) => Promise<RunningServer>): Promise<Store> {
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

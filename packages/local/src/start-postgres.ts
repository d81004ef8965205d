import { mkdirSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createCluster, readPassword } from "./create-cluster.ts";
import { endLeftOverPostgres } from "./end-left-over-postgres.ts";
import { launchPostgres } from "./launch-postgres.ts";
import { postgresAccount } from "./postgres-account.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { placeBinaries, placeData } from "./postgres-placement.ts";
import { readIfThere } from "./read-if-there.ts";
import { launchOnPort, type RunningServer } from "./running-server.ts";

/** Server settings by name, as `postgres -c name=value` takes them. */
export type PostgresSettings = Record<string, string>;

/** Default settings for persistent data. */
export const durableSettings: PostgresSettings = {
  shared_buffers: "256MB",
  max_connections: "200",
};

/**
 * Default settings for disposable data: no waiting for the disk, and connections for many tests.
 */
export const throwawaySettings: PostgresSettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "300",
};

/** Settings for starting a PostgreSQL server on 127.0.0.1. */
export interface StartPostgresOptions {
  /** Folder of the cluster, created on first start, next to `<dataDir>.password` and `.log`. */
  dataDir: string;
  /** Port of the server. Default: any free port. */
  port?: number | undefined;
  /** True to keep the data after `stop()`. Also selects the default settings. */
  persistent: boolean;
  /** Settings that extend and override the default settings. */
  settings?: PostgresSettings;
  /** Path of the log. Default: `<dataDir>.log`. */
  logFile?: string;
}

/**
 * Starts PostgreSQL from `binaries` and resolves when it accepts connections. Works as root, where
 * the server runs under another account. Reuses existing data, and first stops a server that a
 * killed process left running on it. Stopping it also deletes its data unless it is persistent.
 * @throws Error with the end of the server's log if the server doesn't start
 * @throws Error if existing data belongs to another major version, has another password, or can't
 *   be reached by the server's account
 */
export async function startPostgres(
  binaries: PostgresBinaries,
  options: StartPostgresOptions,
): Promise<RunningServer> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dirname(dataDir), { recursive: true });
  const account = postgresAccount(dataDir);
  const place = await placeData(dataDir, account, options.persistent);
  const placedBinaries = placeBinaries(binaries, account);
  await endLeftOverPostgres(place);
  const passwordFile = `${dataDir}.password`;
  await createCluster({ binaries: placedBinaries, place, account, passwordFile });

  const logFile = options.logFile ?? `${dataDir}.log`;
  mkdirSync(dirname(logFile), { recursive: true });
  const settings = {
    ...(options.persistent ? durableSettings : throwawaySettings),
    ...options.settings,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
  };
  const password = readPassword(passwordFile);
  const { postgres } = placedBinaries;
  const server = await launchOnPort(options.port, (port) =>
    launchPostgres({ postgres, place, port, account, settings, logFile, password }),
  );
  if (!server) throw new Error(`PostgreSQL did not start:\n${lastLines(logFile)}`);
  const { stop } = server;
  return {
    ...server,
    stop: async (graceMs) => {
      await stop(graceMs);
      if (options.persistent) return;
      for (const path of [place, dataDir, passwordFile, logFile]) {
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}

function lastLines(file: string): string {
  return readIfThere(file).trimEnd().split("\n").slice(-10).join("\n");
}

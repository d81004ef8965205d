import { execFileSync } from "node:child_process";
import { chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { Client } from "pg";
import { openLagProxy, type LagProxy } from "./open-lag-proxy.ts";
import { postgresSettings, type Stores } from "./start-stores.ts";

/** A streaming replica, which can take the primary's place. */
export interface Standby {
  port: number;
  /** Delays the stream from the primary, or loses what is under way. */
  stream: LagProxy;
  /** Makes it a primary. Resolves when it takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

const role = "bench_replication";
const password = "of this run alone";

/**
 * Starts a replica of the stores' PostgreSQL. It is a copy of the primary's folder, for which the
 * primary stops for a moment: the embedded PostgreSQL comes without pg_basebackup.
 */
export async function startStandby({ postgres, postgresDir }: Stores): Promise<Standby> {
  await query(postgres.url, `create role ${role} login replication password '${password}'`);
  const dataDir = `${postgresDir}-standby`;
  await postgres.stop();
  // cp keeps the owner and the modes, which PostgreSQL checks.
  execFileSync("cp", ["-a", postgresDir, dataDir]);
  execFileSync("cp", ["-a", `${postgresDir}.password`, `${dataDir}.password`]);
  const signalFile = join(dataDir, "standby.signal");
  const { uid, gid } = statSync(dataDir);
  writeFileSync(signalFile, "");
  chownSync(signalFile, uid, gid);
  await postgres.start();
  const stream = await openLagProxy(Number(new URL(postgres.url).port));
  const server = await startEmbeddedPostgres({
    dataDir,
    persistent: true,
    settings: {
      ...postgresSettings,
      hot_standby: "on",
      primary_conninfo: `host=127.0.0.1 port=${stream.port} user=${role} password='${password}'`,
    },
  });
  return {
    port: server.port,
    stream,
    promote: () => query(server.url, "select pg_promote(true, 30)"),
    async stop() {
      stream.discard();
      await server.stop();
    },
  };
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

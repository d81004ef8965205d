import { embeddedPostgresBinaries } from "./postgres-binaries.ts";
import type { RunningServer } from "./running-server.ts";
import { startPostgres, type StartPostgresOptions } from "./start-postgres.ts";

/**
 * Starts the PostgreSQL 18 that npm installed. Doesn't use the binaries' own wrapper package, which
 * handles this process's signals and leaves the server in this process group. Ctrl-C would then
 * stop the database before the services that still write to it.
 */
export function startEmbeddedPostgres(options: StartPostgresOptions): Promise<RunningServer> {
  return startPostgres(embeddedPostgresBinaries(), options);
}

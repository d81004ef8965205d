import type { RunningPostgres } from "./launch-postgres.ts";
import { embeddedPostgresBinaries } from "./postgres-binaries.ts";
import { startPostgres, type StartPostgresOptions } from "./start-postgres.ts";

/**
 * Starts the PostgreSQL 18 that npm installed. Doesn't use the binaries' own wrapper package, which
 * handles this process's signals and leaves the server in this process group. Ctrl-C would then
 * stop the database before the services that still write to it.
 */
export function startEmbeddedPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  return startPostgres(embeddedPostgresBinaries(), options);
}

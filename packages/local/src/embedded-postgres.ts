import type { RunningPostgres } from "./launch-postgres.ts";
import { embeddedPostgresBinaries } from "./postgres-binaries.ts";
import { startPostgres, type StartPostgresOptions } from "./start-postgres.ts";

/**
 * Starts the PostgreSQL 18 that npm installed. The binaries' own wrapper package is left out: it
 * takes over this process's signals and leaves the server in our process group, so that Ctrl-C
 * would stop the database before the services that still write to it.
 */
export function startEmbeddedPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  return startPostgres(embeddedPostgresBinaries(), options);
}

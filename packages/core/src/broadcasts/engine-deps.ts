import type { Database } from "@loudhailer/db/database.ts";
import type { SendQueues } from "@loudhailer/queue/send-queues.ts";
import type { Kysely } from "kysely";

/** What the background work on all organizations' broadcasts needs. */
export interface EngineDeps {
  /** On the role loudhailer_engine: it sees every organization. */
  engineDb: Kysely<Database>;
  queues: SendQueues;
  log: EngineLog;
}

/** The part of a pino logger that is used here. */
export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

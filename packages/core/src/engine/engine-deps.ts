import type { Database } from "@loudhailer/db/database.ts";
import type { SendQueues } from "@loudhailer/queue/send-queues.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { Kysely } from "kysely";

/** What the background work on all organizations' broadcasts needs. */
export interface EngineDeps {
  /** On the role loudhailer_engine: it sees every organization. */
  engineDb: Kysely<Database>;
  queues: SendQueues;
  log: Log;
}

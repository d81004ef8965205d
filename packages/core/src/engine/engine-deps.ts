import type { Database } from "@loudhailer/db/database.ts";
import type { SendQueues } from "@loudhailer/queue/send-queues.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import type { Kysely } from "kysely";

/** Dependencies of the background work on all organizations' broadcasts. */
export interface EngineDeps {
  /** Connection with the role loudhailer_engine, which sees every organization. */
  engineDb: Kysely<Database>;
  queues: SendQueues;
  log: Log;
}

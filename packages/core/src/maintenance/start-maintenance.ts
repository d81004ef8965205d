import type { Database } from "@loudhailer/db/database.ts";
import {
  openMaintenanceQueue,
  openMaintenanceWorker,
  type MaintenanceJob,
} from "@loudhailer/queue/maintenance-queue.ts";
import type { QueueBackend } from "@loudhailer/queue/queue-backend.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { Kysely } from "kysely";
import { renewMedia } from "../media/renew-media.ts";
import { refreshOrganization } from "./refresh-organization.ts";

export interface MaintenanceDeps {
  backend: QueueBackend;
  /** Connection on the role loudhailer_api. */
  db: Kysely<Database>;
  engineDb: Kysely<Database>;
  graph: GraphClient;
  keyring: Keyring;
  webhookUrl: string;
  log: Log;
  /** Start of the daily work, as a cron pattern in UTC. */
  dailyAt?: string;
}

/** A time at which few broadcasts are sent. */
const dailyAtPattern = "17 3 * * *";
const ensurePollMs = 60_000;
/** Jobs at once. Each makes a few requests to Meta, which allows 200 per hour for an account. */
const jobsAtOnce = 2;

/**
 * Runs the daily work on one of the replicas: syncs every organization's numbers and templates with
 * Meta, and uploads files again before Meta deletes them. Restores a schedule that was lost from
 * the queue's store.
 */
export function startMaintenance(deps: MaintenanceDeps): { close(): Promise<void> } {
  const { backend, engineDb, log, dailyAt = dailyAtPattern } = deps;
  const closing = new AbortController();
  const queue = openMaintenanceQueue(backend);

  async function handle(job: MaintenanceJob): Promise<void> {
    switch (job.name) {
      case "daily": {
        const organizations = await engineDb
          .selectFrom("whatsapp_providers")
          .where("moved_at", "is", null)
          .select("organization_id")
          .distinct()
          .execute();
        await queue.add([
          { name: "renew-media" },
          ...organizations.map(({ organization_id: organizationId }) => ({
            name: "refresh-organization" as const,
            organizationId,
          })),
        ]);
        return;
      }
      case "refresh-organization":
        await refreshOrganization(deps, job.organizationId);
        return;
      case "renew-media":
        await renewMedia({ ...deps, db: engineDb }, closing.signal);
        return;
      default:
        job satisfies never;
    }
  }

  const ensure = startLoop("maintenance", ensurePollMs, () => queue.ensureDaily(dailyAt), log);
  const worker = openMaintenanceWorker(backend, handle, {
    concurrency: jobsAtOnce,
    onError: (err) => log.warn({ err }, "the maintenance queue does not answer"),
  });
  return {
    async close() {
      closing.abort();
      await ensure.close();
      await worker.close();
      await queue.close();
    },
  };
}

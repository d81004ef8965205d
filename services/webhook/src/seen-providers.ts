import { markWebhooksSeen } from "@loudhailer/core/providers/mark-webhooks-seen.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import type { Kysely } from "kysely";

const flushMs = 5_000;

export interface SeenProviders {
  add(providerId: string): void;
  close(): Promise<void>;
}

/** Records which numbers received webhooks, in one write every 5 s however many arrived. */
export function startSeenProviders(db: Kysely<Database>, log: Log): SeenProviders {
  const seen = new Set<string>();
  async function flush(): Promise<void> {
    const ids = [...seen];
    if (ids.length === 0) return;
    await markWebhooksSeen(db, ids);
    for (const id of ids) seen.delete(id);
  }
  const loop = startLoop("mark webhooks seen", flushMs, flush, log);
  return { add: (providerId) => void seen.add(providerId), close: () => loop.close() };
}

import type { WebhookEvent } from "@loudhailer/core/webhook-events/keep-webhook-events.ts";
import { parseWebhook } from "@loudhailer/whatsapp/webhook-payload.ts";
import { authenticateChanges } from "./authenticate-changes.ts";
import type { MicroBatcher } from "./micro-batcher.ts";
import type { ProviderDirectory } from "./provider-directory.ts";
import { sortChanges } from "./sort-changes.ts";
import type { StatusWriter } from "./status-writer.ts";
import { unreadableParts } from "./unreadable-parts.ts";
import { MalformedBodyError, SignatureError } from "./webhook-errors.ts";
import type { WebhookMetrics } from "./webhook-metrics.ts";

export interface ReceiveWebhook {
  directory: ProviderDirectory;
  statuses: StatusWriter;
  events: Pick<MicroBatcher<WebhookEvent, unknown>, "add">;
  metrics: WebhookMetrics;
}

/**
 * Takes in one POST from Meta. Resolves once all of it is committed; throws MalformedBodyError,
 * SignatureError or UnavailableError, or what the database threw. Safe to repeat.
 */
export async function receiveWebhook(
  { directory, statuses, events, metrics }: ReceiveWebhook,
  rawBody: Buffer,
  signature: string | undefined,
): Promise<void> {
  if (signature === undefined) throw new SignatureError();
  // Before the signature: whose secret must have signed it stands inside.
  const json = parseJson(rawBody);
  const changes = parseWebhook(json)?.changes ?? [];
  const { authentic, rejected } = await authenticateChanges(directory, {
    rawBody,
    signature,
    changes,
  });
  for (const change of rejected) metrics.countChange(change.field, "bad_signature");
  const sorted = sortChanges(authentic, new Date());
  await Promise.all([
    statuses.write(sorted.statuses),
    events.add([...sorted.events, ...unreadableParts(json)]),
  ]);
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch (cause) {
    throw new MalformedBodyError({ cause });
  }
}

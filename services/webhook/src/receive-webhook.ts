import { sortChanges } from "@loudhailer/core/webhook-events/sort-changes.ts";
import { unreadableParts } from "@loudhailer/core/webhook-events/unreadable-parts.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { parseWebhook } from "@loudhailer/whatsapp/webhook-payload.ts";
import { isSignatureHeader } from "@loudhailer/whatsapp/webhook-signature.ts";
import { authenticateBody, type AuthenticChanges } from "./authenticate-body.ts";
import { isWithinBounds } from "./json-bounds.ts";
import type { ProviderDirectory } from "./provider-directory.ts";
import type { SeenProviders } from "./seen-providers.ts";
import { MalformedBodyError, SignatureError } from "./webhook-errors.ts";
import type { WebhookMetrics } from "./webhook-metrics.ts";
import type { Writers } from "./writers.ts";

export interface ReceiveWebhook {
  directory: ProviderDirectory;
  writers: Writers;
  seen: Pick<SeenProviders, "add">;
  metrics: WebhookMetrics;
  log: Log;
}

/** Changes of one POST processed at a time, since a POST can have thousands. */
const sliceSize = 500;

/**
 * Receives one POST from Meta. Resolves once all of it is committed. Safe to repeat.
 * @throws SignatureError if no known app secret signed the body
 * @throws MalformedBodyError if the body isn't JSON, or is nested too deep or has too many values
 * @throws UnavailableError if a secret can't be decrypted or the writers are overloaded or too
 *   slow; also any error of the database
 */
export async function receiveWebhook(
  deps: ReceiveWebhook,
  rawBody: Buffer,
  signature: string | undefined,
): Promise<void> {
  if (!isSignatureHeader(signature)) throw new SignatureError();
  // Parsed before the signature is verified: only the body shows whose secret must have signed it.
  const json = parseJson(rawBody);
  const changes = parseWebhook(json) ?? [];
  const body = await authenticateBody(deps.directory, { rawBody, signature, changes });
  const unreadable = unreadableParts(json, body.signedWith);
  if (unreadable.length > 0) await deps.writers.write({ ...nothing, events: unreadable });
  for (let start = 0; start < changes.length; start += sliceSize) {
    await receiveChanges(deps, await body.divide(changes.slice(start, start + sliceSize)));
  }
}

const nothing = { statuses: [], inbound: [], updates: [] };

async function receiveChanges(
  { writers, seen, metrics, log }: ReceiveWebhook,
  { authentic, rejected }: AuthenticChanges,
): Promise<void> {
  for (const { field, phoneNumberId, wabaId } of rejected) {
    metrics.countChange(field, "bad_signature");
    log.warn({ phoneNumberId, wabaId }, "webhook change refused, another app secret signed it");
  }
  await writers.write(sortChanges(authentic, new Date()));
  for (const { providerId } of authentic) {
    if (providerId !== null) seen.add(providerId);
  }
}

/** Bounds far above Meta's POSTs: at most 1,000 updates, nested about ten levels deep. */
const bounds = { depthMax: 100, valuesMax: 300_000 };
/** Bytes above which the bounds are checked. A smaller body can't become large. */
const boundedFromBytes = 64 * 1024;

function parseJson(rawBody: Buffer): unknown {
  if (rawBody.byteLength > boundedFromBytes && !isWithinBounds(rawBody, bounds)) {
    throw new MalformedBodyError();
  }
  try {
    return JSON.parse(rawBody.toString("utf8"));
  } catch (cause) {
    throw new MalformedBodyError({ cause });
  }
}

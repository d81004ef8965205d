import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Output } from "../output.ts";
import { createApiClient, type ApiClient } from "./api-client.ts";
import { chooseContacts } from "./choose-contacts.ts";
import { importContacts } from "./import-contacts.ts";
import { launchBroadcast, prepareSender, type Sender } from "./launch-broadcast.ts";

const page = z.object({ items: z.array(z.unknown()) });
const created = z.object({ id: z.string() });
const tag = "sample";

/**
 * Fills an empty organization with sample data: the simulator's templates, the sample contacts, a
 * segment, a finished broadcast, and a draft. Does nothing if the organization has contacts or
 * broadcasts.
 * @throws CliError if the API rejects a request
 */
export async function fillDemoOrganization(
  {
    apiUrl,
    apiKey,
    phoneNumberId,
    dir,
  }: { apiUrl: string; apiKey: string; phoneNumberId: string; dir: string },
  { say }: Output,
): Promise<void> {
  const api = createApiClient(apiUrl, apiKey);
  const [contacts, broadcasts] = await Promise.all([
    api.call("GET", "/v1/contacts?limit=1", page),
    api.call("GET", "/v1/broadcasts?limit=1", page),
  ]);
  if (contacts.items.length + broadcasts.items.length > 0) return;
  say("Demo        filling the organization: templates, contacts, a broadcast …");
  const sender = await prepareSender(api, phoneNumberId, fillingPerSecond);
  // Loads the number's name, quality rating, and limits.
  await api.call("POST", `/v1/whatsapp-providers/${sender.providerId}/check`, z.unknown());
  await importContacts(api, await chooseContacts({}, dir), tag, () => undefined);
  await api.call("POST", "/v1/segments", created, {
    name: "VIP customers",
    segmentCriteria: { combinator: "and", rules: [{ field: "tag", operator: "=", value: "vip" }] },
  });
  await waitUntilOver(api, await launchBroadcast(api, sender, tag));
  await prepareSender(api, phoneNumberId, metaDefaultPerSecond);
  await draftBroadcast(api, sender);
}

// High, so that filling takes little time.
const fillingPerSecond = 1_000;
const metaDefaultPerSecond = 80;

async function waitUntilOver(api: ApiClient, broadcastId: string): Promise<void> {
  const over = new Set(["completed", "failed", "canceled"]);
  const broadcast = z.object({ status: z.string() });
  const path = `/v1/broadcasts/${broadcastId}`;
  while (!over.has((await api.call("GET", path, broadcast)).status)) await sleep(200);
}

async function draftBroadcast(api: ApiClient, { providerId }: Sender): Promise<void> {
  const search = "/v1/templates?status=APPROVED&search=feedback_request";
  const templates = z.object({ items: z.array(created) });
  const [template] = (await api.call("GET", search, templates)).items;
  if (!template) return;
  await api.call("POST", "/v1/broadcasts", created, {
    draft: true,
    name: "Feedback after a visit",
    providerId,
    templateId: template.id,
    segmentCriteria: { tag: "vip" },
  });
}

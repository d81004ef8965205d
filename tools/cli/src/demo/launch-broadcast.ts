import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "./api-client.ts";

const providerPage = z.object({
  items: z.array(z.object({ id: z.string(), phoneNumberId: z.string() })),
});
const templatePage = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), language: z.string() })),
});
const created = z.object({ id: z.string() });

const templateName = "spring_sale";
/**
 * Variables of "Hello {{1}}, our spring sale has come to {{2}}" and a link that names the customer.
 */
const variables = {
  body: {
    "1": { source: "field", field: "name", fallback: "there" },
    "2": { source: "field", field: "attributes.City", fallback: "your city" },
  },
  buttons: { "0": { "1": { source: "field", field: "phone" } } },
};

/** The number and the template of a broadcast. */
export interface Sender {
  providerId: string;
  templateId: string;
}

/**
 * Sets the number's sending rate, syncs its templates from Meta, and returns the sender.
 * @throws CliError if the number or the approved template is missing, or the API rejects a request
 */
export async function prepareSender(
  api: ApiClient,
  phoneNumberId: string,
  messagesPerSecond: number,
): Promise<Sender> {
  const { items } = await api.call("GET", "/v1/whatsapp-providers?limit=200", providerPage);
  const provider = items.find((item) => item.phoneNumberId === phoneNumberId);
  if (!provider) throw new CliError("The demo organization has no number: run `seed` again.");
  await api.call("PATCH", `/v1/whatsapp-providers/${provider.id}`, created, { messagesPerSecond });
  await api.call("POST", "/v1/templates/sync", z.object({}), { providerId: provider.id });
  const search = `/v1/templates?status=APPROVED&search=${templateName}`;
  const template = (await api.call("GET", search, templatePage)).items.find(
    (item) => item.name === templateName,
  );
  if (!template) throw new CliError(`Meta has no approved template "${templateName}".`);
  return { providerId: provider.id, templateId: template.id };
}

/**
 * Creates a broadcast to all contacts with `tag`, launches it, and returns its id.
 * @throws CliError if the API rejects a request
 */
export async function launchBroadcast(
  api: ApiClient,
  sender: Sender,
  tag: string,
): Promise<string> {
  const { id } = await api.call("POST", "/v1/broadcasts", created, {
    name: `Spring sale, ${tag}`,
    ...sender,
    segmentCriteria: { tag },
    variables,
  });
  await api.call("POST", `/v1/broadcasts/${id}/launch`, z.unknown());
  return id;
}

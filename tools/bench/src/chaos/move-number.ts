import { isDeepStrictEqual } from "node:util";
import { createOrganization } from "@loudhailer/core/accounts/create-organization.ts";
import { z } from "zod";
import { accessToken } from "../bench-broadcast.ts";
import { ApiError, callApi } from "../call-api.ts";
import { NotOfferedError, type ChaosScenario, type Disturbed } from "../chaos-scenario.ts";
import { readCounts } from "../read-counts.ts";
import { waitForEnd } from "../wait-for-end.ts";
import { areWebhooksTaken } from "../wait-for-webhooks.ts";
import { allSettled } from "./allowed.ts";

const provider = z.object({ status: z.string() });

/** The number's token expires, which the organization's next check of the number finds out. */
async function disconnect({ stack, operator }: Disturbed): Promise<void> {
  const { apiKey, providerId } = operator();
  const api = { url: stack.api.url, apiKey };
  await stack.simulator.control({ tokenExpired: true });
  try {
    await callApi(api, "POST", `/v1/whatsapp-providers/${providerId}/check`, z.unknown());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  } finally {
    await stack.simulator.control({ tokenExpired: false });
  }
  const { body } = await callApi(api, "GET", `/v1/whatsapp-providers/${providerId}`, provider);
  if (body.status !== "disconnected") throw new Error(`the number is ${body.status}`);
}

/** Connects the number in another organization. */
async function connectElsewhere({ stack, phoneNumberId }: Disturbed): Promise<void> {
  const { apiKey } = await createOrganization({
    databaseUrl: stack.databaseUrl,
    name: `Bench ${phoneNumberId}, next`,
    email: `bench-next-${phoneNumberId}@example.com`,
    password: `of this run alone ${phoneNumberId}`,
  });
  const api = { url: stack.api.url, apiKey };
  const number = { phoneNumberId, wabaId: `8${phoneNumberId}`, accessToken };
  try {
    await callApi(api, "POST", "/v1/whatsapp-providers", z.unknown(), number);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    throw new NotOfferedError("connects a number again that another organization disconnected");
  }
}

/** The number moves to another organization after a broadcast, whose history stays as it was. */
export const moveNumber: ChaosScenario = {
  name: "move-number",
  seconds: 8,
  allowed: allSettled,
  byOperator: true,
  async disturb(disturbed) {
    const { stack, broadcastId, violate } = disturbed;
    await waitForEnd(stack.db, broadcastId, this.seconds * 5_000);
    await areWebhooksTaken(stack.simulator);
    const before = await readCounts(stack.db, broadcastId);
    await disconnect(disturbed);
    await connectElsewhere(disturbed);
    const after = await readCounts(stack.db, broadcastId);
    if (!isDeepStrictEqual(before, after)) {
      violate(`the history was ${JSON.stringify(before)}, now ${JSON.stringify(after)}`);
    }
  },
};

import { setTimeout as wait } from "node:timers/promises";
import { sql } from "kysely";
import { z } from "zod";
import { ApiError, callApi } from "../call-api.ts";
import type { ChaosScenario, Disturbed } from "../chaos-scenario.ts";
import { recipientOf } from "../check-invariants.ts";
import { waitForEnd } from "../wait-for-end.ts";
import { allSettled } from "./allowed.ts";

const pausedMs = 120_000;
const retries = 3;
const retryEveryMs = 1_500;

/** Returns the ids of the unknown recipients and makes their claims as old as a resend demands. */
async function ageUnknown({ stack, broadcastId }: Disturbed): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update whatsapp_broadcast_recipients set claimed_at = now() - interval '10 minutes'
    where broadcast_id = ${broadcastId} and status = 'unknown'
    returning id::text
  `.execute(stack.db);
  return rows.map(({ id }) => id);
}

async function failedIds({ stack, broadcastId }: Disturbed): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from whatsapp_broadcast_recipients
    where broadcast_id = ${broadcastId} and status = 'failed'
  `.execute(stack.db);
  return rows.map(({ id }) => id);
}

/** Calls a verb of the broadcast. Returns whether there was a recipient for it. */
async function call(disturbed: Disturbed, verb: string): Promise<boolean> {
  const { stack, broadcastId, operator } = disturbed;
  const api = { url: stack.api.url, apiKey: operator().apiKey };
  try {
    await callApi(api, "POST", `/v1/broadcasts/${broadcastId}/${verb}`, z.unknown());
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}

/**
 * Meta's answers are lost and its webhooks are late. An operator has the messages sent again, and
 * the statuses of the first attempts then arrive beside those of the second.
 */
export const resendLate: ChaosScenario = {
  name: "resend-late",
  seconds: 15,
  allowed: allSettled,
  byOperator: true,
  async disturb(disturbed) {
    const { stack, broadcastId, note, resend, violate } = disturbed;
    await stack.simulator.control({ faults: { cutAfter: 0.1 }, webhooksPausedMs: pausedMs });
    await waitForEnd(stack.db, broadcastId, pausedMs - 20_000);
    const unknown = await ageUnknown(disturbed);
    if (unknown.length === 0) violate("no recipient was unknown, so nothing was sent again");
    resend(unknown);
    const isResent = call(disturbed, "resend-unknown");
    await stack.simulator.control({ faults: { cutAfter: 0 }, webhooksPausedMs: 0 });
    if (!(await isResent)) violate("the resend found no recipient");
    let retried = 0;
    for (let retry = 0; retry < retries; retry++) {
      await wait(retryEveryMs);
      // Statuses continue to arrive: recipients that fail until the answer are retried as well.
      const before = await failedIds(disturbed);
      if (await call(disturbed, "retry-failed")) retried += before.length;
      resend(before);
    }
    note({ unknown: unknown.length, retried });
    disturbed.verify(async (accepted) => {
      const failed = accepted.filter(({ errorCode }) => errorCode !== null);
      // Whom a message failed for may get another one.
      resend(failed.map(recipientOf));
    });
  },
};

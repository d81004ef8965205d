import { setTimeout as wait } from "node:timers/promises";
import { sql } from "kysely";
import { z } from "zod";
import { ApiError, callApi } from "../call-api.ts";
import type { ChaosScenario, Disturbed } from "../chaos-scenario.ts";
import type { AcceptedMessage } from "../simulator-client.ts";
import { allSettled } from "./allowed.ts";

/** One contact in 20 is deleted, and two others of the 20 are merged. */
const period = 20;
/** Messages that were claimed before a change was answered leave within this time. */
const underWayMs = 1_000;

interface Change {
  phones: string[];
  answeredAtMs: number;
}

interface Changes {
  deleted: Change[];
  merged: Change[];
}

/** Deletes and merges contacts through the API, spread over the broadcast's length. */
async function changePeople(disturbed: Disturbed, seconds: number): Promise<Changes> {
  const { stack, operator } = disturbed;
  const { organizationId, apiKey } = operator();
  const api = { url: stack.api.url, apiKey };
  const { rows: contacts } = await sql<{ id: string; phone: string }>`
    select id::text, phone from contacts where organization_id = ${organizationId} order by id
  `.execute(stack.db);
  const changes: Changes = { deleted: [], merged: [] };
  const rounds = Math.floor(contacts.length / period);
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round++) {
    const [gone, one, other] = contacts.slice(round * period, round * period + 3);
    if (!gone || !one || !other) break;
    await callApi(api, "DELETE", `/v1/contacts/${gone.id}`, z.unknown());
    changes.deleted.push({ phones: [gone.phone], answeredAtMs: Date.now() });
    // The contact that stays is now the one that is sent to first, now the other.
    const [into, from] = round % 2 === 0 ? [one, other] : [other, one];
    await repeatIfBusy(() =>
      callApi(api, "POST", `/v1/contacts/${into.id}/merge`, z.unknown(), { fromId: from.id }),
    );
    changes.merged.push({ phones: [one.phone, other.phone], answeredAtMs: Date.now() });
    const nextAt = startedAt + ((round + 1) * seconds * 1_000) / rounds;
    await wait(Math.max(0, nextAt - performance.now()));
  }
  return changes;
}

/** The API answers 503 when PostgreSQL ended a deadlock: the caller then tries again. */
async function repeatIfBusy(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 503)) throw error;
    }
  }
}

/** Returns how many changes were followed by a message that the change should have prevented. */
function countLate(
  changes: Change[],
  accepted: readonly AcceptedMessage[],
  messagesAllowed: number,
): number {
  const times = new Map(accepted.map(({ to, acceptedAt }) => [to, acceptedAt]));
  return changes.filter(({ phones, answeredAtMs }) => {
    const told = phones.flatMap((phone) => times.get(phone) ?? []);
    return told.length > messagesAllowed && Math.max(...told) > answeredAtMs + underWayMs;
  }).length;
}

async function countKept({ stack, broadcastId }: Disturbed, deleted: Change[]): Promise<number> {
  const { rows } = await sql<{ kept: number }>`
    select count(*)::integer as kept from whatsapp_broadcast_recipients
    where broadcast_id = ${broadcastId} and phone = any(${deleted.flatMap(({ phones }) => phones)})
  `.execute(stack.db);
  return rows[0]?.kept ?? 0;
}

export const peopleChange: ChaosScenario = {
  name: "people-change",
  seconds: 20,
  allowed: { ...allSettled, skipped: ["contact_deleted", "merged_contact"] },
  byOperator: true,
  async disturb(disturbed) {
    const { deleted, merged } = await changePeople(disturbed, this.seconds);
    disturbed.note({ deleted: deleted.length, merged: merged.length });
    disturbed.verify(async (accepted) => {
      const { violate } = disturbed;
      const lateToDeleted = countLate(deleted, accepted, 0);
      const lateToMerged = countLate(merged, accepted, 1);
      const kept = await countKept(disturbed, deleted);
      if (lateToDeleted > 0) violate(`${lateToDeleted} told after they were deleted`);
      if (lateToMerged > 0) violate(`${lateToMerged} told with both numbers after their merge`);
      if (kept > 0) violate(`${kept} deleted contacts are kept in the broadcast`);
    });
  },
};

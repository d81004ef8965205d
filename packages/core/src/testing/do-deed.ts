import { applyStatuses, type StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { claimRecipients, releaseClaim } from "@loudhailer/pacing/claim-recipients.ts";
import { silenceSecondsMax } from "@loudhailer/pacing/tuning.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { sql } from "kysely";
import { cancelBroadcast } from "../broadcasts/cancel-broadcast.ts";
import { pauseBroadcast } from "../broadcasts/pause-broadcast.ts";
import { resendUnknown } from "../broadcasts/resend-unknown.ts";
import { resumeBroadcast } from "../broadcasts/resume-broadcast.ts";
import { retryFailed } from "../broadcasts/retry-failed.ts";
import { ContactGoneError, mergeContacts } from "../contacts/merge-contacts.ts";
import { DomainError } from "../domain-error.ts";
import { completeBroadcasts } from "../engine/complete-broadcasts.ts";
import { retryNextSlices } from "../engine/retry-slices.ts";
import { sweepCanceledBroadcasts } from "../engine/sweep-canceled-broadcasts.ts";
import { forgetLostClaims, sweepDeadDispatchers } from "../engine/sweep-dead-dispatchers.ts";
import { failOver } from "./fail-over.ts";
import { isSimple, type Simple } from "./recipient-steps.ts";
import type { Control, Deed, World } from "./recipient-world.ts";

/** The result that a deed's caller got. */
export interface Answer {
  claimed: string[];
  unmatched: StatusUpdate[];
}

/** Performs a deed with the same functions that the services call. */
export async function doDeed(control: Control, world: World, deed: Deed): Promise<Answer> {
  const { enginePool, owner } = control;
  const answer: Answer = { claimed: [], unmatched: [] };
  if (isSimple(deed)) {
    await doSimple(control, world, deed.do);
    return answer;
  }
  switch (deed.do) {
    case "claim": {
      const { phoneNumberId } = world.organization;
      const { claimed } = await claimRecipients(enginePool, {
        attempts: attemptsOf(deed),
        phoneNumberId,
        dispatcherId: deed.dispatcherId,
        epoch: await epochOf(control, phoneNumberId, deed.dispatcherId),
        seen: null,
      });
      answer.claimed = claimed.map(({ id }) => id);
      world.claimWasAnswered(deed.attemptId, answer.claimed);
      world.memories.get(deed.dispatcherId)?.add(claimed);
      break;
    }
    case "settle":
      for (const memory of world.memories.values()) deed.settlements.forEach(memory.settle);
      await settleRecipients(enginePool, deed.settlements);
      break;
    case "statuses":
      answer.unmatched = (await applyStatuses(enginePool, deed.updates)).unmatched;
      break;
    case "release":
      await releaseClaim(enginePool, attemptsOf(deed));
      break;
    case "opt-out":
      await sql`
        update contacts set opted_out_at = coalesce(opted_out_at, now()) where id =
          (select contact_id from whatsapp_broadcast_recipients where id = ${deed.id})
      `.execute(owner);
      break;
    case "merge":
      await merge(control, world, deed);
      break;
    case "fail-over": {
      const past = world.ledger.goBack(deed.back, world.remembered());
      if (past) await failOver(control, world, past);
      break;
    }
    case "beat":
      await sql`
        insert into dispatchers (id) values (${deed.dispatcherId})
        on conflict (id) do update set last_seen_at = now()
      `.execute(owner);
      break;
    case "die":
      await sql`
        update dispatchers set last_seen_at = now() - interval '1 minute'
        where id = ${deed.dispatcherId}
      `.execute(owner);
      break;
  }
  return answer;
}

function attemptsOf({ ids, attemptId }: { ids: readonly string[]; attemptId: string }) {
  return ids.map((recipientId) => ({ recipientId, attemptId }));
}

/** Returns the epoch with which a live dispatcher claims; a dead one has none. */
async function epochOf({ owner }: Control, phoneNumberId: string, id: string): Promise<string> {
  const alive = await sql`
    select from dispatchers
    where id = ${id} and last_seen_at > now() - ${silenceSecondsMax} * interval '1 second'
  `.execute(owner);
  return alive.rows.length > 0 ? ownNumber(owner, phoneNumberId, id) : "0";
}

async function doSimple({ engine, owner }: Control, world: World, simple: Simple): Promise<void> {
  const { ctx, broadcastId } = world;
  switch (simple) {
    case "sweep-dead":
      return sweepDeadDispatchers(engine);
    case "sweep-canceled":
      return sweepCanceledBroadcasts(engine);
    case "complete":
      return completeBroadcasts(engine);
    case "look-behind":
      return forgetLostClaims(engine);
    case "time-passes":
      // Long enough for every wait and every claim. Locks in the same order as all other code.
      await sql`
        with locked as materialized (
          select id from whatsapp_broadcast_recipients where broadcast_id = ${broadcastId}
          order by id for no key update
        )
        update whatsapp_broadcast_recipients r
        set claimed_at = claimed_at - interval '1 hour',
          next_attempt_at = next_attempt_at - interval '25 hours'
        from locked l where r.id = l.id
      `.execute(owner);
      return;
    case "pause":
      return unlessRefused(pauseBroadcast(ctx, broadcastId));
    case "resume":
      return unlessRefused(resumeBroadcast(ctx, broadcastId));
    case "cancel":
      return unlessRefused(cancelBroadcast(ctx, broadcastId));
    case "retry-failed":
      return unlessRefused(retryFailed(ctx, broadcastId)).then(() => moveAll(engine));
    case "resend-unknown":
      return unlessRefused(resendUnknown(ctx, broadcastId)).then(() => moveAll(engine));
  }
}

/** Merges the contacts of two recipients, if they still have one each. */
async function merge(
  { engine, owner }: Control,
  { organization: { organizationId } }: World,
  { fromRecipient, intoRecipient }: Extract<Deed, { do: "merge" }>,
): Promise<void> {
  const contactOf = async (id: string) =>
    (
      await owner
        .selectFrom("whatsapp_broadcast_recipients")
        .where("id", "=", id)
        .select("contact_id")
        .executeTakeFirstOrThrow()
    ).contact_id;
  const [fromId, intoId] = [await contactOf(fromRecipient), await contactOf(intoRecipient)];
  if (fromId === null || intoId === null || fromId === intoId) return;
  try {
    await engine.engineDb
      .transaction()
      .execute((trx) => mergeContacts(trx, { organizationId, fromId, intoId }));
  } catch (error) {
    if (!(error instanceof ContactGoneError)) throw error;
  }
}

/** Ignores a `conflict`, since an operator may ask for what can't be done now. */
async function unlessRefused(verb: Promise<unknown>): Promise<void> {
  try {
    await verb;
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "conflict")) throw error;
  }
}

/** Makes all recipients pending that open retries concern, two at a time. */
async function moveAll(engine: Control["engine"]): Promise<void> {
  while (await retryNextSlices(engine, 2));
}

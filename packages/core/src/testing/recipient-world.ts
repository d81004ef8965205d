import { randomUUID } from "node:crypto";
import type { RecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { createLedger } from "./attempt-ledger.ts";
import {
  isSimple,
  type Back,
  type Outcome,
  type Simple,
  type Step,
  type Word,
} from "./recipient-steps.ts";
import type { useControl } from "./test-control.ts";

export type Control = Awaited<ReturnType<typeof useControl>>;

/** A step with its ids, as requested from the database. */
export type Deed =
  | { do: "claim"; dispatcherId: string; attemptId: string; ids: string[] }
  | { do: "settle"; settlements: Settlement[] }
  | { do: "statuses"; updates: StatusUpdate[] }
  | { do: "release"; attemptId: string; ids: string[] }
  | { do: "opt-out"; id: string }
  | { do: "merge"; fromRecipient: string; intoRecipient: string }
  | { do: "fail-over"; back: number }
  | { do: "beat" | "die"; dispatcherId: string }
  | { do: Simple };

/**
 * A broadcast in its own organization and two dispatchers, in a database where nothing else runs.
 */
export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(
  control: Control,
  options: { recipients: number; attempts: number; marketingCap: "fail" | "retry_after_24h" },
) {
  const { owner } = control;
  const { organization, ctx } = await control.newOrganization();
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, options);
  const installationId = await readInstallationId(owner);
  const dispatcherIds = [randomUUID(), randomUUID()] as const;
  await sql`
    with contact as (
      insert into contacts (organization_id, phone)
      select organization_id, phone from whatsapp_broadcast_recipients
      where broadcast_id = ${broadcastId}
      returning id, phone
    ), gone as (
      delete from dispatchers
    ), registered as (
      insert into dispatchers (id) select unnest(${[...dispatcherIds]}::uuid[])
    ), capped as (
      update whatsapp_broadcasts
      set marketing_cap = ${options.marketingCap}, feed_cursor = ${recipientIds.at(-1) ?? "0"}
      where id = ${broadcastId}
    )
    update whatsapp_broadcast_recipients r set contact_id = c.id
    from contact c where r.phone = c.phone and r.broadcast_id = ${broadcastId}
  `.execute(owner);
  const memories = new Map(dispatcherIds.map((id) => [id as string, createRecentClaims()]));
  /** Each recipient's claims, oldest first. */
  const claims = new Map<string, string[]>();
  const idOf = (index: number) => recipientIds[index % recipientIds.length] ?? "";
  const hasClaim = (id: string, back: Back) =>
    back !== "foreign" && back < (claims.get(id)?.length ?? 0);
  const claimOf = (id: string, back: Back) =>
    (back === "foreign" ? undefined : claims.get(id)?.at(-1 - back)) ?? randomUUID();
  const wamidOf = (id: string, back: Back) => {
    const ordinal = back === "foreign" ? 0 : (claims.get(id)?.length ?? 0) - back;
    return `wamid.${id}.${ordinal > 0 ? ordinal : "foreign"}`;
  };

  return {
    ctx,
    organization,
    broadcastId,
    recipientIds,
    ledger: createLedger(),
    memories,
    /** Returns the settlements that the dispatchers would write again after a failover. */
    remembered: (): Settlement[] =>
      [...memories.values()]
        .flatMap((memory) => memory.all())
        .flatMap(({ settlement }) => (settlement === null ? [] : [settlement])),
    ...options,
    attemptsOf: (recipientId: string): readonly string[] => claims.get(recipientId) ?? [],
    isOurs: ({ attempt }: StatusUpdate): boolean => attempt?.installationId === installationId,
    /** Returns the attempt whose message it is; null if it's another program's. */
    attemptOfWamid(wamid: string): { recipientId: string; attemptId: string } | null {
      const [, recipientId = "", ordinal] = wamid.split(".");
      const attemptId = claims.get(recipientId)?.[Number(ordinal) - 1];
      return attemptId === undefined ? null : { recipientId, attemptId };
    },
    claimWasAnswered(attemptId: string, ids: readonly string[]): void {
      for (const id of ids) claims.set(id, [...(claims.get(id) ?? []), attemptId]);
    },
    /** Resolves a step to ids, using the claims and messages known now. */
    resolve(step: Step): Deed {
      if (isSimple(step)) return step;
      switch (step.do) {
        case "claim": {
          const ids = [...new Set(step.of.map(idOf))];
          const dispatcherId = dispatcherIds[step.by];
          return { do: "claim", dispatcherId, attemptId: randomUUID(), ids };
        }
        case "settle": {
          const settlements = step.items.flatMap(({ of, back, as }) => {
            const id = idOf(of);
            // Meta can't have accepted a message that was never claimed.
            if (as === "sent" && !hasClaim(id, back)) return [];
            const claim = { recipientId: id, attemptId: claimOf(id, back) };
            return settlementOf(claim, as, wamidOf(id, back));
          });
          const oneEach = new Map(settlements.map((each) => [each.recipientId, each]));
          return { do: "settle", settlements: [...oneEach.values()] };
        }
        case "statuses":
          return {
            do: "statuses",
            updates: step.items.map(({ of, back, as, by }) => ({
              organizationId: organization.organizationId,
              attempt:
                by === "callback"
                  ? {
                      installationId: hasClaim(idOf(of), back) ? installationId : randomUUID(),
                      recipientId: idOf(of),
                      attemptId: claimOf(idOf(of), back),
                    }
                  : null,
              wamid: wamidOf(idOf(of), back),
              ...wordOf(as),
            })),
          };
        case "release":
          return { do: "release", ids: recipientIds, attemptId: claimOf(idOf(step.of), step.back) };
        case "opt-out":
          return { do: "opt-out", id: idOf(step.of) };
        case "merge":
          return { do: "merge", fromRecipient: idOf(step.of), intoRecipient: idOf(step.into) };
        case "fail-over":
          return step;
        case "beat":
        case "die":
          break;
      }
      return { do: step.do, dispatcherId: dispatcherIds[step.dispatcher] };
    },
  };
}

function settlementOf(
  claim: { recipientId: string; attemptId: string },
  as: Outcome,
  wamid: string,
): Settlement {
  switch (as) {
    case "sent":
      return { ...claim, status: "sent", wamid };
    case "unknown":
      return { ...claim, status: "unknown", error: errorOf("no_answer") };
    case "put-back":
      return { ...claim, status: "pending", delayMs: 0, countsAsAttempt: false, error: null };
    case "tried":
    case "held": {
      const delayMs = as === "held" ? 3_600_000 : 0;
      const error = errorOf("131056");
      return { ...claim, status: "pending", delayMs, countsAsAttempt: true, error };
    }
    case "131026":
    case "131049":
    case "131050":
      break;
  }
  return { ...claim, status: "failed", error: errorOf(as) };
}

function wordOf(as: Word) {
  const plain = { at: new Date(), errorDetails: null, billable: null, pricingCategory: null };
  if (as === "sent" || as === "delivered" || as === "read") {
    return { ...plain, status: as, errorCode: null, errorTitle: null };
  }
  return { ...plain, status: "failed" as const, errorCode: as, errorTitle: "Refused" };
}

function errorOf(code: RecipientCode) {
  return { code, title: "Refused", details: null };
}

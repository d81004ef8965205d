import { applyStatuses, type StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Database } from "@loudhailer/db/database.ts";
import {
  splitOnDataError,
  unexpectedErrorCode,
  type CodeOfItemError,
} from "@loudhailer/db/split-on-data-error.ts";
import { sql, type Kysely } from "kysely";
import type pg from "pg";
import { DomainError } from "../domain-error.ts";
import type { InboundItem } from "../inbound-messages/inbound-item.ts";
import { receiveInbound } from "../inbound-messages/receive-inbound.ts";
import { notApplied, type ApplyOutcome } from "../meta-updates/apply-outcome.ts";
import { applyUpdate } from "../meta-updates/apply-update.ts";
import type { ProviderUpdate } from "../meta-updates/provider-update.ts";
import { pauseForFailedStatuses } from "../pauses/pause-for-failed-statuses.ts";
import type { StatusItem } from "./read-status-item.ts";

/** Connections to one database, both on the role loudhailer_engine. */
export interface WebhookStores {
  pool: pg.Pool;
  db: Kysely<Database>;
}

/*
 * Each of these functions returns one outcome per item, in order, once all are committed. An item
 * that the database refuses, or that meets an unexpected error, gets its own outcome and doesn't
 * affect the others. All of the functions throw while the database is away.
 */

/** DomainErrors are thrown on purpose, so that the items are tried again later. */
const codeOfItemError: CodeOfItemError = (error) =>
  error instanceof DomainError ? null : unexpectedErrorCode(error);

export function applyStatusItems(
  { pool, db }: WebhookStores,
  items: readonly StatusItem[],
): Promise<ApplyOutcome[]> {
  return splitOnDataError<StatusItem, ApplyOutcome>(
    items,
    async (part) => {
      const updates = part.map(({ update }) => update);
      const { unmatched } = await applyStatuses(pool, updates);
      const missing = new Set(unmatched);
      await pauseForFailedStatuses(
        db,
        updates.filter((update) => !missing.has(update)),
      );
      const foreign = await findForeign(db, unmatched);
      return updates.map((update) => {
        if (!missing.has(update)) return { applied: true };
        return notApplied(
          foreign.has(update) ? "status_of_another_organization" : "unmatched_status",
        );
      });
    },
    refused,
    codeOfItemError,
  );
}

/**
 * Returns the unmatched statuses that name a recipient or a message of another organization. A
 * number that has moved still gets statuses of what its former organization sent.
 */
async function findForeign(
  db: Kysely<Database>,
  unmatched: readonly StatusUpdate[],
): Promise<ReadonlySet<StatusUpdate | undefined>> {
  if (unmatched.length === 0) return new Set();
  const { rows } = await sql<{ place: number }>`
    select s.place::integer
    from unnest(${unmatched.map((update) => update.attempt?.recipientId)}::bigint[],
      ${unmatched.map((update) => update.attempt?.installationId)}::uuid[],
      ${unmatched.map((update) => update.wamid)}::text[],
      ${unmatched.map((update) => update.organizationId)}::uuid[])
      with ordinality as s(recipient_id, installation_id, wamid, organization_id, place)
    where exists (select from whatsapp_broadcast_recipients r
        where r.id = s.recipient_id and r.organization_id <> s.organization_id
          and s.installation_id = (select id from installation))
      or exists (select from whatsapp_broadcast_recipients r
        where r.wamid = s.wamid and r.organization_id <> s.organization_id)
      or exists (select from recipient_attempts a
        where a.wamid = s.wamid and a.organization_id <> s.organization_id)
  `.execute(db);
  return new Set(rows.map(({ place }) => unmatched[place - 1]));
}

export function applyInboundItems(
  { db }: WebhookStores,
  items: readonly InboundItem[],
): Promise<ApplyOutcome[]> {
  return splitOnDataError<InboundItem, ApplyOutcome>(
    items,
    (part) => receiveInbound(db, part),
    refused,
    codeOfItemError,
  );
}

/** Applies updates one after another: they are few, and their order may matter. */
export async function applyUpdateItems(
  { db }: WebhookStores,
  items: readonly ProviderUpdate[],
): Promise<ApplyOutcome[]> {
  const outcomes: ApplyOutcome[] = [];
  for (const item of items) {
    const run = async () => [await applyUpdate(db, item)];
    outcomes.push(
      ...(await splitOnDataError<ProviderUpdate, ApplyOutcome>(
        [item],
        run,
        refused,
        codeOfItemError,
      )),
    );
  }
  return outcomes;
}

function refused(_item: unknown, code: string): ApplyOutcome {
  return { applied: false, reason: "refused", refusedWith: code };
}

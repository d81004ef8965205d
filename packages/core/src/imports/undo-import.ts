import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { lockForRemoval } from "../contacts/lock-audience.ts";
import type { TenantContext } from "../tenant-context.ts";

const sliceSize = 2_000;

/** Failure reason of an import that ended early. */
export const interrupted =
  "The import was interrupted; what it had changed was undone. Upload the file again.";

/** Failure reason of an import that an unexpected error stopped. */
export const stoppedUnexpectedly =
  "The import was interrupted by an unexpected error; what it had changed was undone. Upload the file again. If it fails again, the log of the service has the details.";

/**
 * Undoes an interrupted import slice by slice and marks it failed with the reason. Contacts that it updated get
 * their previous values back unless they were changed since. Contacts that it created are deleted
 * unless they were changed since, are recipients of a broadcast, or wrote a message. Safe to repeat;
 * another process can continue it.
 */
export async function undoInterruptedImport(
  ctx: TenantContext,
  importId: string,
  failureReason: typeof interrupted | typeof stoppedUnexpectedly,
): Promise<void> {
  await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .updateTable("contact_imports")
      .set({ status: "undoing", failure_reason: failureReason, active_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", importId)
      .where("status", "=", "processing")
      .execute(),
  );
  while (
    await withTenant(ctx.db, ctx.organizationId, (trx) =>
      undoSlice(trx, ctx.organizationId, importId),
    )
  );
}

/**
 * Undoes one slice and returns whether there is more for this process to undo. The import ends as
 * failed if it has a failure reason, else as undone.
 */
export async function undoSlice(
  trx: TenantDb,
  organizationId: string,
  importId: string,
): Promise<boolean> {
  const found = await trx
    .selectFrom("contact_imports")
    .select(["first_contact_id", "last_contact_id", "failure_reason"])
    .where("organization_id", "=", organizationId)
    .where("id", "=", importId)
    .where("status", "=", "undoing")
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!found) return false;
  const restored = await restoreChanged(trx, organizationId, importId);
  const removed = restored.seen > 0 ? null : await deleteCreated(trx, organizationId, importId);
  const isDone = restored.seen === 0 && removed?.next === null;
  const status = found.failure_reason === null ? "undone" : "failed";
  await trx
    .updateTable("contact_imports")
    .set((eb) => ({
      undone_contacts: eb("undone_contacts", "+", restored.done + (removed?.deleted ?? 0)),
      active_at: sql`now()`,
      ...(removed?.next && { first_contact_id: removed.next }),
      ...(isDone && { status, completed_at: sql<Date>`coalesce(completed_at, now())` }),
    }))
    .where("organization_id", "=", organizationId)
    .where("id", "=", importId)
    .execute();
  return !isDone;
}

async function restoreChanged(trx: TenantDb, organizationId: string, importId: string) {
  const { rows } = await sql<{ seen: number; done: number }>`
    with slice as materialized (
      select * from contact_import_changes
      where organization_id = ${organizationId} and import_id = ${importId}
      order by contact_id limit ${sliceSize}
    ),
    restored as (
      update contacts c
      set name = s.name, email = s.email, attributes = s.attributes, tags = s.tags,
        updated_at = s.updated_at
      from slice s
      where c.organization_id = ${organizationId} and c.id = s.contact_id
        and c.updated_at = s.changed_at
      returning c.id
    ),
    forgotten as (
      delete from contact_import_changes k using slice s
      where k.organization_id = ${organizationId} and k.import_id = s.import_id
        and k.contact_id = s.contact_id
    )
    select (select count(*) from slice)::integer as seen,
      (select count(*) from restored)::integer as done
  `.execute(trx);
  return rows[0] ?? { seen: 0, done: 0 };
}

/** Deletes one slice of created contacts; `next` is the id to continue from, or null at the end. */
async function deleteCreated(trx: TenantDb, organizationId: string, importId: string) {
  // A slice of recipients that is being frozen would not be seen, and its contacts deleted.
  await lockForRemoval(trx, organizationId);
  const { rows } = await sql<{ deleted: number; next: string | null }>`
    with slice as materialized (
      select c.id, c.updated_at = c.created_at
        and not exists (select from whatsapp_broadcast_recipients r where r.contact_id = c.id)
        and not exists (select from inbound_messages m where m.contact_id = c.id) as is_untouched
      from contacts c, contact_imports i
      where i.organization_id = ${organizationId} and i.id = ${importId}
        and c.organization_id = ${organizationId} and c.import_id = i.id
        and c.id between i.first_contact_id and i.last_contact_id
      order by c.id limit ${sliceSize}
    ),
    deleted as (
      delete from contacts c using slice s
      where c.organization_id = ${organizationId} and c.id = s.id and s.is_untouched
      returning c.id
    )
    select (select count(*) from deleted)::integer as deleted,
      (select max(id) + 1 from slice)::text as next
  `.execute(trx);
  return rows[0] ?? { deleted: 0, next: null };
}

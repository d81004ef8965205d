import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { AudiencePreview } from "@loudhailer/contracts/contacts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import {
  normalizeSegmentCriteria,
  segmentCriteria,
} from "@loudhailer/contracts/segment-criteria.ts";
import type {
  CreateSegmentInput,
  SegmentView,
  UpdateSegmentInput,
} from "@loudhailer/contracts/segments.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { SegmentsTable } from "@loudhailer/db/database.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type Selectable } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { checkSegment } from "./check-segment.ts";
import { previewAudience } from "./preview-audience.ts";

const nameTaken = "segments_organization_id_name_key";

/**
 * Saves a new segment.
 * @throws DomainError `invalid_input` naming every bad rule
 * @throws DomainError `conflict` if the name is taken
 */
export function createSegment(
  ctx: TenantContext,
  { name, segmentCriteria: criteria }: CreateSegmentInput,
): Promise<SegmentView> {
  return saving(ctx, async (trx) => {
    await checkSegment(trx, ctx.organizationId, criteria);
    const row = await trx
      .insertInto("segments")
      .values({
        organization_id: ctx.organizationId,
        name,
        criteria: JSON.stringify(criteria),
        created_by: ctx.actor.userId,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, action: "segment.created" };
  });
}

/**
 * Updates the given fields of a segment. Existing broadcasts keep their own copy of the rules.
 * @throws DomainError `not_found` if the organization has no such segment
 * @throws DomainError `invalid_input` naming every bad rule
 * @throws DomainError `conflict` if the name is taken
 */
export function updateSegment(
  ctx: TenantContext,
  id: string,
  { name, segmentCriteria: criteria }: UpdateSegmentInput,
): Promise<SegmentView> {
  return saving(ctx, async (trx) => {
    if (criteria !== undefined) await checkSegment(trx, ctx.organizationId, criteria);
    const row = await trx
      .updateTable("segments")
      .set({
        ...(name !== undefined && { name }),
        ...(criteria !== undefined && { criteria: JSON.stringify(criteria) }),
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst();
    return { row: row ?? notFound(), action: "segment.updated" };
  });
}

/**
 * Deletes a segment.
 * @throws DomainError `not_found` if the organization has no such segment
 */
export function deleteSegment(ctx: TenantContext, id: string): Promise<void> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom("segments")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (numDeletedRows === 0n) notFound();
    await recordAudit(trx, ctx, { action: "segment.deleted", targetId: id });
  });
}

/**
 * Returns a segment.
 * @throws DomainError `not_found` if the organization has no such segment
 */
export async function getSegment(ctx: TenantContext, id: string): Promise<SegmentView> {
  const row = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("segments")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", id)
      .executeTakeFirst(),
  );
  return toView(row ?? notFound());
}

/**
 * Returns segments, ordered by name.
 * @throws DomainError `invalid_input` if the cursor isn't a segment's id
 */
export async function listSegments(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<SegmentView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("segments")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where(afterCursor(ctx, cursor, "segments", ["name", "id"], "asc"))
      .orderBy("name")
      .orderBy("id")
      .limit(limit + 1)
      .execute(),
  );
  return pageByIds(found, limit, toView);
}

async function saving(
  ctx: TenantContext,
  save: (trx: TenantDb) => Promise<{ row: Selectable<SegmentsTable>; action: AuditAction }>,
): Promise<SegmentView> {
  try {
    return await withTenant(ctx.db, ctx.organizationId, async (trx) => {
      const { row, action } = await save(trx);
      await recordAudit(trx, ctx, { action, targetId: row.id });
      return toView(row);
    });
  } catch (error) {
    const failure = classifyDatabaseFailure(error);
    if (failure.kind !== "conflict" || failure.constraint !== nameTaken) throw error;
    throw new DomainError("conflict", "There is a segment with this name already.");
  }
}

function notFound(): never {
  throw new DomainError("not_found", "There is no such segment.");
}

function toView(row: Selectable<SegmentsTable>): SegmentView {
  return {
    id: row.id,
    name: row.name,
    segmentCriteria: normalizeSegmentCriteria(segmentCriteria.parse(row.criteria)),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/**
 * Counts the contacts that a broadcast to a saved segment would reach now.
 * @throws DomainError `not_found` if the organization has no such segment
 * @throws DomainError `invalid_input` naming every bad rule
 */
export async function previewSegment(ctx: TenantContext, id: string): Promise<AudiencePreview> {
  return previewAudience(ctx, await getSegment(ctx, id));
}

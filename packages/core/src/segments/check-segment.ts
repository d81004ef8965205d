import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { broadcastsOfSegment, compileSegment, badSegment } from "./compile-segment.ts";

/**
 * Checks that a segment compiles and that all broadcasts in its rules belong to the organization.
 * @throws DomainError `invalid_input` naming every bad rule
 */
export async function checkSegment(
  trx: TenantDb,
  organizationId: string,
  criteria: unknown,
): Promise<void> {
  compileSegment(criteria);
  const named = broadcastsOfSegment(criteria);
  if (named.length === 0) return;
  const known = await trx
    .selectFrom("whatsapp_broadcasts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("id", "in", [...new Set(named.map(({ broadcastId }) => broadcastId))])
    .execute();
  const ids = new Set(known.map(({ id }) => id));
  const unknownBroadcasts = named.filter(({ broadcastId }) => !ids.has(broadcastId));
  if (unknownBroadcasts.length === 0) return;
  throw badSegment(
    unknownBroadcasts.map(({ path }) => ({ path, message: "names no broadcast of yours" })),
  );
}

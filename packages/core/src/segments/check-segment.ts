import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { broadcastsOfSegment, compileSegment, badSegment } from "./compile-segment.ts";

/**
 * Makes sure that a segment compiles, and that the broadcasts it asks about are the organization's.
 * Throws `invalid_input` naming every bad rule.
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
  const strange = named.filter(({ broadcastId }) => !ids.has(broadcastId));
  if (strange.length === 0) return;
  throw badSegment(strange.map(({ path }) => ({ path, message: "names no broadcast of yours" })));
}

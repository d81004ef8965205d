import { sql, type SqlBool } from "kysely";
import type { Conditions } from "./segment-conditions.ts";
import { broadcastIds } from "./segment-values.ts";

/** SQL conditions on the outcome of a broadcast's message to the contact. */
const outcomes = {
  targeted: sql`true`,
  sent: sql`r.status in ('sent', 'delivered', 'read')`,
  delivered: sql`r.status in ('delivered', 'read')`,
  read: sql`r.status = 'read'`,
  replied: sql`r.replied_at is not null`,
} as const;

export type EngagementField = `broadcast.${keyof typeof outcomes}`;

export function isEngagementField(field: string): field is EngagementField {
  return field.startsWith("broadcast.") && Object.hasOwn(outcomes, field.slice(10));
}

/**
 * Returns conditions on a contact's message in a broadcast. Uses EXISTS, which PostgreSQL turns
 * into a join of either kind. A count of all contacts of one organization (`countedFor`) instead
 * looks up each contact in a hash of the recipients' contact ids: a join would hash the contacts,
 * which are ten times as many and as wide. Both forms filter by organization, because the engine's
 * role has no row-level security.
 */
export function engagementConditions(field: EngagementField, countedFor?: string): Conditions {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by isEngagementField
  const outcome = outcomes[field.slice(10) as keyof typeof outcomes];
  const joined = (value: unknown) => sql<SqlBool>`exists (
    select from whatsapp_broadcast_recipients r
    where r.organization_id = c.organization_id and r.contact_id = c.id
      and r.broadcast_id = any(${broadcastIds(value)}::uuid[]) and ${outcome}
  )`;
  // "is true" keeps the planner from turning it into a join.
  const hashed = (value: unknown) => sql<SqlBool>`((c.id in (
    select r.contact_id from whatsapp_broadcast_recipients r
    where r.organization_id = ${countedFor} and r.contact_id is not null
      and r.broadcast_id = any(${broadcastIds(value)}::uuid[]) and ${outcome}
  )) is true)`;
  const anyOf = countedFor === undefined ? joined : hashed;
  return { "=": anyOf, in: anyOf };
}

import { sql, type SqlBool } from "kysely";
import type { Conditions } from "./segment-conditions.ts";
import { broadcastIds } from "./segment-values.ts";

/** By what became of a broadcast's message to the contact. */
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
 * EXISTS, which PostgreSQL turns into a join of either kind. For a count over the whole of one
 * organization's contacts (`countedFor`) it is a hash of the recipients' ids that each contact is
 * looked up in: a join would hash the contacts, ten times as many and as wide. Either way it is kept
 * to the organization here: the engine's role has no row-level security.
 */
export function engagementConditions(field: EngagementField, countedFor?: string): Conditions {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what isEngagementField has looked at
  const outcome = outcomes[field.slice(10) as keyof typeof outcomes];
  const joined = (value: unknown) => sql<SqlBool>`exists (
    select from whatsapp_broadcast_recipients r
    where r.organization_id = c.organization_id and r.contact_id = c.id
      and r.broadcast_id = any(${broadcastIds(value)}::uuid[]) and ${outcome}
  )`;
  // "is true" keeps the planner from making a join of it.
  const hashed = (value: unknown) => sql<SqlBool>`((c.id in (
    select r.contact_id from whatsapp_broadcast_recipients r
    where r.organization_id = ${countedFor} and r.contact_id is not null
      and r.broadcast_id = any(${broadcastIds(value)}::uuid[]) and ${outcome}
  )) is true)`;
  const anyOf = countedFor === undefined ? joined : hashed;
  return { "=": anyOf, in: anyOf };
}

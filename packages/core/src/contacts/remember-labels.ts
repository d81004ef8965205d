import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";

/** Stores the tags and attribute keys that contacts get, for the lists of tags and attributes. */
export async function rememberLabels(
  trx: TenantDb,
  organizationId: string,
  { tags = [], attributes = [] }: { tags?: Iterable<string>; attributes?: Iterable<string> },
): Promise<void> {
  const labels = [
    ...[...tags].map((label) => ({ kind: "tag", label })),
    ...[...attributes].map((label) => ({ kind: "attribute", label })),
  ];
  if (labels.length === 0) return;
  // Always in the same order: two transactions with the same labels wait instead of deadlocking.
  await sql`
    insert into contact_labels (organization_id, kind, label)
    select ${organizationId}::uuid, l.kind, l.label
    from unnest(${labels.map(({ kind }) => kind)}::text[], ${labels.map(({ label }) => label)}::text[])
      as l(kind, label)
    where not exists (
      select from contact_labels known where known.organization_id = ${organizationId}::uuid
        and known.kind = l.kind and known.label = l.label)
    order by l.kind, l.label
    on conflict do nothing
  `.execute(trx);
}

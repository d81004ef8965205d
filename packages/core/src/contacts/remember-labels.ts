import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";

/** Notes the tags and attribute keys that contacts are given, for the lists of them. */
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
  // In one order everywhere: two that note the same wait for each other instead of deadlocking.
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

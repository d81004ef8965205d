import type { AttributeView } from "@loudhailer/contracts/contacts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";
import { examplesOf, inferAttributeType } from "./infer-attribute-type.ts";
import { listLabels } from "./list-tags.ts";

/** Number of newest contacts from which types and examples are taken. */
const sampleSize = 500;

/** Returns all attributes that contacts of the organization have or had, ordered by key. */
export async function listAttributes(
  ctx: TenantContext,
  query: PageQuery,
): Promise<Page<AttributeView>> {
  const { items, nextCursor } = await listLabels(ctx, "attribute", query);
  const sample = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("contacts")
      .select("attributes")
      .where("organization_id", "=", ctx.organizationId)
      .orderBy("id", "desc")
      .limit(sampleSize)
      .execute(),
  );
  return {
    items: items.map((key) => {
      const values = sample.flatMap(({ attributes }) =>
        Object.hasOwn(attributes, key) ? [attributes[key]] : [],
      );
      return { key, type: inferAttributeType(values), examples: examplesOf(values) };
    }),
    nextCursor,
  };
}

import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { GraphError, GraphUnavailableError } from "@loudhailer/whatsapp/graph-error.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { fetchProvider } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";
import { fetchMedia } from "./get-media.ts";

/**
 * Deletes a file, here and at Meta.
 * @throws DomainError `not_found` if the organization has no such file
 * @throws DomainError `conflict` while a broadcast that hasn't ended has the file
 */
export async function deleteMedia(ctx: ProviderContext, mediaId: string): Promise<void> {
  const { provider, media } = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const found = await fetchMedia(trx, ctx.organizationId, mediaId);
    await refuseMediaInUse(trx, ctx.organizationId, mediaId);
    await trx
      .deleteFrom("media")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", mediaId)
      .execute();
    await recordAudit(trx, ctx, { action: "media.deleted", targetId: mediaId });
    const number = await fetchProvider(trx, ctx.organizationId, found.provider_id);
    return { media: found, provider: number };
  });
  try {
    const accessToken = decryptAccessToken(ctx.keyring, provider.access_token);
    await ctx.graph.deleteMedia({ mediaId: media.meta_media_id, accessToken });
  } catch (error) {
    // Meta deletes the file automatically, after 30 days at the latest.
    const isGraphFailure = error instanceof GraphError || error instanceof GraphUnavailableError;
    if (!isGraphFailure && !(error instanceof DomainError)) throw error;
  }
}

async function refuseMediaInUse(
  trx: TenantDb,
  organizationId: string,
  mediaId: string,
): Promise<void> {
  const broadcasts = await trx
    .selectFrom("whatsapp_broadcasts")
    .select(["id", "status"])
    .where("organization_id", "=", organizationId)
    .where("status", "not in", ["completed", "canceled", "failed"])
    .where(sql<boolean>`strpos(variables::text, ${`"${mediaId}"`}) > 0`)
    .limit(20)
    .execute();
  if (broadcasts.length === 0) return;
  throw new DomainError("conflict", "Broadcasts that aren't over have this file.", { broadcasts });
}

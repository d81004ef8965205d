import type { MediaView } from "@loudhailer/contracts/media.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toMediaView, type MediaRow } from "./media-view.ts";

/**
 * Returns a file's details.
 * @throws DomainError `not_found` if the organization has no such file
 */
export async function getMedia(ctx: TenantContext, mediaId: string): Promise<MediaView> {
  const row = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchMedia(trx, ctx.organizationId, mediaId),
  );
  return toMediaView(row);
}

/**
 * Returns a file's row inside a transaction.
 * @throws DomainError `not_found` if the organization has no such file
 */
export async function fetchMedia(
  trx: TenantDb,
  organizationId: string,
  mediaId: string,
): Promise<MediaRow> {
  const row = await trx
    .selectFrom("media")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("id", "=", mediaId)
    .executeTakeFirst();
  if (!row) throw new DomainError("not_found", "There is no such file.");
  return row;
}

/**
 * Returns a file's details and its bytes, which are read on demand.
 * @throws DomainError `not_found` if the organization has no such file, before any bytes
 */
export async function openMedia(
  ctx: TenantContext,
  mediaId: string,
): Promise<{ media: MediaView; bytes: AsyncIterable<Buffer> }> {
  const media = await getMedia(ctx, mediaId);
  return { media, bytes: chunksOf(ctx, mediaId) };
}

async function* chunksOf(ctx: TenantContext, mediaId: string): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += 1) {
    const chunk = await withTenant(ctx.db, ctx.organizationId, (trx) =>
      trx
        .selectFrom("media_chunks")
        .select("content")
        .where("organization_id", "=", ctx.organizationId)
        .where("media_id", "=", mediaId)
        .where("position", "=", position)
        .executeTakeFirst(),
    );
    if (chunk === undefined) return;
    yield chunk.content;
  }
}

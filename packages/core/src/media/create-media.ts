import { createHash } from "node:crypto";
import type { MediaView } from "@loudhailer/contracts/media.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { finalFailureOf, refusalSentence, refusedByMeta } from "../meta-refusal.ts";
import { fetchNamedProvider, refuseMoved } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";
import { typeOfFile, type MediaFile } from "./media-file.ts";
import { expiryFrom, toMediaView, type MediaRow } from "./media-view.ts";

const chunkBytes = 1024 * 1024;

/**
 * Uploads a file to Meta for one number and stores it, so that it can be uploaded again before Meta
 * deletes it. Stores nothing if it throws.
 * @throws DomainError `invalid_input` if no header accepts the file or the number isn't the
 *   organization's
 * @throws DomainError `conflict` if the number moved to another organization or its access token can't
 *   be decrypted
 * @throws DomainError `refused_by_meta` or `meta_unavailable` if the upload fails
 */
export async function createMedia(
  ctx: ProviderContext,
  { providerId, ...file }: MediaFile & { providerId: string },
): Promise<MediaView> {
  const type = typeOfFile(file);
  const number = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchNamedProvider(trx, ctx.organizationId, providerId),
  );
  refuseMoved(number);
  const expiresAt = expiryFrom(new Date());
  const metaMediaId = await upload(ctx, number, file);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const row = await trx
      .insertInto("media")
      .values({
        organization_id: ctx.organizationId,
        provider_id: providerId,
        type,
        mime_type: file.mimeType,
        file_name: file.fileName,
        size_bytes: file.bytes.length,
        sha256: createHash("sha256").update(file.bytes).digest(),
        meta_media_id: metaMediaId,
        expires_at: expiresAt,
        created_by: ctx.actor.userId,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await keepBytes(trx, row, file.bytes);
    await recordAudit(trx, ctx, {
      action: "media.created",
      targetId: row.id,
      details: { type, mimeType: file.mimeType, sizeBytes: file.bytes.length },
    });
    return toMediaView(row);
  });
}

async function upload(
  { graph, keyring }: ProviderContext,
  number: { phone_number_id: string; access_token: string },
  file: MediaFile,
): Promise<string> {
  try {
    return await graph.uploadMedia({
      ...file,
      phoneNumberId: number.phone_number_id,
      accessToken: decryptAccessToken(keyring, number.access_token),
    });
  } catch (error) {
    const failure = finalFailureOf(error);
    throw refusedByMeta(refusalSentence("the file", failure), failure);
  }
}

async function keepBytes(trx: TenantDb, media: MediaRow, bytes: Buffer): Promise<void> {
  for (let position = 0; position * chunkBytes < bytes.length; position += 1) {
    const content = bytes.subarray(position * chunkBytes, (position + 1) * chunkBytes);
    await trx
      .insertInto("media_chunks")
      .values({
        media_id: media.id,
        organization_id: media.organization_id,
        position,
        content,
      })
      .execute();
  }
}

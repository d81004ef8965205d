import type { TemplateMedia } from "@loudhailer/contracts/templates.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { uploadResumably } from "@loudhailer/whatsapp/upload-resumably.ts";
import { DomainError } from "../domain-error.ts";
import { typeOfFile, type MediaFile } from "../media/media-file.ts";
import { finalFailureOf, refusalSentence, refusedByMeta } from "../meta-refusal.ts";
import { fetchNamedProvider, refuseMoved } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";

/**
 * Uploads the example of a template's header with Meta's Resumable Upload API, which continues
 * where a connection broke off.
 * @throws DomainError `invalid_input` if no header accepts the file or the number isn't the
 *   organization's
 * @throws DomainError `conflict` if the number moved to another organization, the access token can't
 *   be decrypted, or Meta doesn't say which app it belongs to
 * @throws DomainError `refused_by_meta` or `meta_unavailable` if the upload fails
 */
export async function uploadTemplateMedia(
  ctx: ProviderContext,
  { providerId, ...file }: MediaFile & { providerId: string },
): Promise<TemplateMedia> {
  const type = typeOfFile(file);
  const number = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchNamedProvider(trx, ctx.organizationId, providerId),
  );
  refuseMoved(number);
  const accessToken = decryptAccessToken(ctx.keyring, number.access_token);
  try {
    const handle = await upload(ctx, accessToken, file);
    return { handle, type, mimeType: file.mimeType, sizeBytes: file.bytes.length };
  } catch (error) {
    const failure = finalFailureOf(error);
    throw refusedByMeta(refusalSentence("the file", failure), failure);
  }
}

async function upload(
  { graph }: ProviderContext,
  accessToken: string,
  { fileName, mimeType, bytes }: MediaFile,
): Promise<string> {
  const { appId } = await graph.debugToken({ accessToken });
  if (appId === null) {
    throw new DomainError(
      "conflict",
      "Meta doesn't say which app the number's access token belongs to: give it a token of a system user.",
    );
  }
  return uploadResumably(graph, { appId, fileName, fileType: mimeType, bytes, accessToken });
}

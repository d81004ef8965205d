import { withTenant } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { DomainError } from "../domain-error.ts";
import { finalFailureOf, refusalSentence, refusedByMeta } from "../meta-refusal.ts";
import { refuseMoved } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";

/** Meta's templates by WABA id, then by name and language (see `templateKey`). */
export type TemplatesByWaba = Map<string, Map<string, GraphTemplate>>;

export function templateKey({ name, language }: { name: string; language: string }): string {
  return `${name}/${language}`;
}

/**
 * Returns all templates of the WABAs of the organization's numbers (or of the given number). Reads
 * them page by page with the access token of one number per WABA.
 * @throws DomainError `not_found` if the organization doesn't have the given number
 * @throws DomainError `conflict` if the organization has no number, the given one moved to another
 *   organization, or an access token can't be decrypted
 * @throws DomainError `refused_by_meta` or `meta_unavailable` if Meta doesn't return the templates
 */
export async function fetchTemplates(
  ctx: ProviderContext,
  providerId: string | undefined,
): Promise<TemplatesByWaba> {
  const accounts = await readableAccounts(ctx, providerId);
  const templates: TemplatesByWaba = new Map();
  for (const { waba_id: wabaId, access_token: accessToken } of accounts) {
    templates.set(wabaId, await fetchAccount(ctx, wabaId, accessToken));
  }
  return templates;
}

async function readableAccounts(ctx: ProviderContext, providerId: string | undefined) {
  const accounts = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    const query = trx
      .selectFrom("whatsapp_providers")
      .select(["waba_id", "access_token", "moved_at"])
      .where("organization_id", "=", ctx.organizationId);
    if (providerId !== undefined) return query.where("id", "=", providerId).execute();
    // One number per WABA; disconnected numbers come last, because their token stopped working.
    return query
      .where("moved_at", "is", null)
      .distinctOn("waba_id")
      .orderBy("waba_id")
      .orderBy((eb) => eb("status", "=", "disconnected"))
      .orderBy("created_at")
      .execute();
  });
  for (const account of accounts) refuseMoved(account);
  if (accounts.length > 0) return accounts;
  if (providerId !== undefined) {
    throw new DomainError("not_found", "There is no such WhatsApp number.");
  }
  throw new DomainError("conflict", "Connect a WhatsApp number first: templates belong to one.");
}

async function fetchAccount(
  { graph, keyring }: ProviderContext,
  wabaId: string,
  encryptedToken: string,
): Promise<Map<string, GraphTemplate>> {
  const accessToken = decryptAccessToken(keyring, encryptedToken);
  const templates = new Map<string, GraphTemplate>();
  try {
    for await (const page of graph.listTemplates({ wabaId, accessToken })) {
      for (const template of page) templates.set(templateKey(template), template);
    }
  } catch (error) {
    const failure = finalFailureOf(error);
    const sentence = refusalSentence("to list the templates", failure);
    throw refusedByMeta(
      `${sentence} Check the number's connection, or give it a new access token.`,
      failure,
    );
  }
  return templates;
}

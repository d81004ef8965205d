import { DomainError } from "../domain-error.ts";
import { checkProvider } from "../providers/check-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { syncTemplates } from "../templates/sync-templates.ts";
import type { MaintenanceDeps } from "./start-maintenance.ts";

/**
 * Refreshes each of the organization's numbers and its templates from Meta. A problem with a number
 * is stored for the members to see, and any other refusal is logged.
 * @throws DomainError `meta_unavailable` if Meta could not be asked, so that the job is retried
 */
export async function refreshOrganization(
  { db, engineDb, graph, keyring, webhookUrl, log }: MaintenanceDeps,
  organizationId: string,
): Promise<void> {
  const actor = { userId: null, apiKeyId: null, ipAddress: null };
  const ctx: ProviderContext = { db, organizationId, actor, graph, keyring, webhookUrl };
  const providers = await engineDb
    .selectFrom("whatsapp_providers")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("moved_at", "is", null)
    .orderBy("created_at")
    .execute();
  const away: DomainError[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === "meta_unavailable") away.push(error);
      else log.warn({ organizationId, code: error.code }, "a refresh was refused");
    }
  };
  for (const { id } of providers) await attempt(() => checkProvider(ctx, id));
  if (providers.length > 0) await attempt(() => syncTemplates(ctx, {}));
  if (away[0]) throw away[0];
}

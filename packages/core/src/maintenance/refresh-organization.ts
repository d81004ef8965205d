import { DomainError } from "../domain-error.ts";
import { checkProvider } from "../providers/check-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { syncTemplates } from "../templates/sync-templates.ts";
import type { MaintenanceDeps } from "./start-maintenance.ts";

/**
 * Refreshes each of the organization's numbers and its templates from Meta. A problem with a number
 * is stored for the members to see, and any other refusal is logged. An error of one number doesn't
 * keep the others from being refreshed.
 * @throws DomainError `meta_unavailable` if Meta could not be asked, so that the job is retried
 * @throws Error of the first unexpected error, for the same purpose
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
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof DomainError && error.code !== "meta_unavailable") {
        log.warn({ organizationId, code: error.code }, "a refresh was refused");
        return;
      }
      if (!(error instanceof DomainError)) {
        log.error({ err: error, organizationId }, "a refresh failed");
      }
      failures.push(error);
    }
  };
  for (const { id } of providers) await attempt(() => checkProvider(ctx, id));
  if (providers.length > 0) await attempt(() => syncTemplates(ctx, {}));
  for (const failure of failures) throw failure;
}

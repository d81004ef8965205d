import type { TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { bindVariables } from "@loudhailer/whatsapp/bind-variables.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import { DomainError } from "../domain-error.ts";
import { isOwnMedia } from "./media-of-variables.ts";

/**
 * Checks that each media file in the variables belongs to the number, has the type of its header,
 * and is still stored at Meta.
 * @throws DomainError `invalid_input` naming every file that fails the check
 * @throws TemplateVariablesError if the variables don't fit the template
 */
export async function checkMedia(
  trx: TenantDb,
  { organizationId, providerId }: { organizationId: string; providerId: string },
  snapshot: TemplateSnapshot,
  variables: TemplateVariables,
): Promise<void> {
  const named = bindVariables(snapshot, variables).bound.flatMap(({ slot, content }) =>
    "source" in content && content.source === "media" && isOwnMedia(content.mediaId)
      ? [{ path: `variables.${slot.path}.mediaId`, type: slot.type, mediaId: content.mediaId }]
      : [],
  );
  if (named.length === 0) return;
  const rows = await trx
    .selectFrom("media")
    .select(["id", "type", "provider_id", "expires_at"])
    .where("organization_id", "=", organizationId)
    .where("id", "in", [...new Set(named.map(({ mediaId }) => mediaId))])
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const fields = named.flatMap(({ path, type, mediaId }) => {
    const row = byId.get(mediaId);
    const message = problemWith(row, { type, providerId });
    return message === null ? [] : [{ path, message }];
  });
  if (fields.length === 0) return;
  const errors = fields.map(({ path, message }) => `${path} ${message}`);
  throw new DomainError("invalid_input", `A file can't be sent. ${errors.join("; ")}`, { fields });
}

function problemWith(
  row: { type: string; provider_id: string; expires_at: Date } | undefined,
  { type, providerId }: { type: string; providerId: string },
): string | null {
  if (!row) return "names no file of yours";
  if (row.provider_id !== providerId) return "was uploaded for another number";
  if (row.type !== type) return `is a file of the type ${row.type}; the template has ${type} here`;
  return row.expires_at.getTime() < Date.now()
    ? "is no longer at Meta, and could not be uploaded again; upload it anew"
    : null;
}

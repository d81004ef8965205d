import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import { recordAudit } from "@loudhailer/core/audit/record-audit.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { AppDeps } from "../app-deps.ts";
import { identifyBrowser } from "./authenticate.ts";

const uuid = z.uuid();
const answered = z.looseObject({
  id: uuid.optional(),
  organizationId: uuid.optional(),
  email: z.string().optional(),
  role: z.string().optional(),
  member: z.looseObject({ id: uuid, organizationId: uuid, role: z.string() }).optional(),
  invitation: z
    .looseObject({ id: uuid, organizationId: uuid, role: z.string().nullish() })
    .optional(),
});
type Answered = z.output<typeof answered>;

/** Better Auth's routes that change an organization, with their audit log entries. */
const changes: Record<string, { action: AuditAction; targetType: string }> = {
  create: { action: "organization.created", targetType: "organization" },
  update: { action: "organization.updated", targetType: "organization" },
  "invite-member": { action: "member.invited", targetType: "invitation" },
  "cancel-invitation": { action: "invitation.canceled", targetType: "invitation" },
  "accept-invitation": { action: "member.joined", targetType: "invitation" },
  "reject-invitation": { action: "invitation.rejected", targetType: "invitation" },
  "remove-member": { action: "member.removed", targetType: "member" },
  "update-member-role": { action: "member.role_changed", targetType: "member" },
  leave: { action: "member.left", targetType: "member" },
};

/**
 * Records in the audit log what Better Auth has just done to an organization, with the session's
 * user. Better Auth's own hooks get neither the session nor the client's address.
 */
export async function auditAccountChange(
  deps: AppDeps,
  request: FastifyRequest,
  body: unknown,
): Promise<void> {
  const [, verb = ""] = /^\/api\/auth\/organization\/([a-z-]+)/.exec(request.url) ?? [];
  const change = Object.hasOwn(changes, verb) ? changes[verb] : undefined;
  const parsed = answered.safeParse(body);
  if (!change || !parsed.success) return;
  const subject = subjectOf(parsed.data, change.targetType);
  if (!subject) return;
  const { userId } = await identifyBrowser(deps, request);
  const ctx = {
    db: deps.db,
    organizationId: subject.organizationId,
    actor: { userId, apiKeyId: null, ipAddress: request.ip },
  };
  await withTenant(deps.db, subject.organizationId, (trx) =>
    recordAudit(trx, ctx, {
      ...change,
      targetId: subject.id,
      details: subject.role === undefined ? {} : { role: subject.role },
    }),
  );
}

function subjectOf(
  { id, organizationId, role, member, invitation }: Answered,
  targetType: string,
): { id: string; organizationId: string; role?: string | undefined } | null {
  if (targetType === "organization") return id ? { id, organizationId: id } : null;
  const part = targetType === "member" ? (member ?? null) : (invitation ?? null);
  if (part) {
    return { id: part.id, organizationId: part.organizationId, role: part.role ?? undefined };
  }
  return id && organizationId ? { id, organizationId, role } : null;
}

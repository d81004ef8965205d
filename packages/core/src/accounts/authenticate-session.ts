import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import type { Auth } from "./create-auth.ts";

export interface SessionIdentity {
  userId: string;
  /** Id of the active organization; null if there is none or the user is no longer a member. */
  organizationId: string | null;
  role: string | null;
}

/**
 * Returns the user of the session cookie in `headers`, or null. The active organization counts only
 * while the user is a member, because a removed member's sessions stay valid. `db` must have the
 * role loudhailer_auth.
 */
export async function authenticateSession(
  auth: Auth,
  db: Kysely<Database>,
  headers: Headers,
): Promise<SessionIdentity | null> {
  const found = await auth.api.getSession({ headers });
  if (found === null) return null;
  const userId = found.user.id;
  const organizationId = found.session.activeOrganizationId ?? null;
  if (organizationId === null) return { userId, organizationId: null, role: null };
  const member = await db
    .selectFrom("members")
    .select("role")
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (member === undefined) return { userId, organizationId: null, role: null };
  return { userId, organizationId, role: member.role };
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { Auth } from "./create-auth.ts";

export interface SessionIdentity {
  userId: string;
  /** Null where the user has no active organization, or is no longer its member. */
  organizationId: string | null;
  role: string | null;
}

/**
 * Who the session cookie in `headers` belongs to, or null. The active organization counts only
 * while the user is its member: a removed member's sessions outlive the membership. `db` must be
 * on the role loudhailer_auth.
 */
export async function authenticateSession(
  auth: Auth,
  db: Kysely<Database>,
  headers: Headers,
): Promise<SessionIdentity | null> {
  const found = await getSession(auth, db, headers);
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

async function getSession(auth: Auth, db: Kysely<Database>, headers: Headers) {
  try {
    return await auth.api.getSession({ headers });
  } catch (error) {
    // Better Auth hides what the database said: ask it, so that an outage is seen as one.
    await sql`select 1`.execute(db);
    throw error;
  }
}

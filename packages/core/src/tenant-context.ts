import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

/** The authenticated caller and the organization; the first argument of every tenant function. */
export interface TenantContext {
  /** A connection with the role loudhailer_api: every statement runs inside `withTenant`. */
  db: Kysely<Database>;
  organizationId: string;
  actor: Actor;
}

/** The caller; all fields are null for background work. */
export interface Actor {
  userId: string | null;
  apiKeyId: string | null;
  ipAddress: string | null;
}

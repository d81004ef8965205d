import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";

/** Who asks, and for which organization; the first argument of every tenant verb. */
export interface TenantContext {
  /** On the role loudhailer_api: every statement runs inside `withTenant`. */
  db: Kysely<Database>;
  organizationId: string;
  actor: Actor;
}

/** Who it is; all null for what goes on by itself. */
export interface Actor {
  userId: string | null;
  apiKeyId: string | null;
  ipAddress: string | null;
}

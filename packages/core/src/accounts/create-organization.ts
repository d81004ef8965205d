import { randomBytes } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { DomainError } from "../domain-error.ts";
import { createApiKey } from "./create-api-key.ts";
import { checkCredentials, insertUser } from "./insert-user.ts";

export interface CreateOrganizationInput {
  databaseUrl: string;
  name: string;
  email: string;
  password: string;
}

export interface CreatedOrganization {
  organizationId: string;
  userId: string;
  /** The key, which can't be shown again. */
  apiKey: string;
}

/**
 * Creates an organization, its owner and an API key with all scopes, all or nothing.
 * @throws DomainError `invalid_input` if the name, email or password isn't valid
 * @throws DomainError `conflict` if the email is taken
 */
export async function createOrganization(
  input: CreateOrganizationInput,
): Promise<CreatedOrganization> {
  const name = input.name.trim();
  if (name === "" || name.length > 200) {
    throw new DomainError(
      "invalid_input",
      "The organization's name must have 1 to 200 characters.",
    );
  }
  const credentials = checkCredentials(input);
  const pool = createPool({
    connectionString: input.databaseUrl,
    role: "loudhailer_auth",
    max: 1,
    applicationName: "loudhailer organization create",
  });
  const db = createDb(pool);
  try {
    return await db.transaction().execute(async (trx) => {
      const userId = await insertUser(trx, { ...credentials, name: credentials.email });
      if (userId === null) {
        throw new DomainError(
          "conflict",
          "This e-mail address already has an account; give the owner another one.",
        );
      }
      const { id: organizationId } = await trx
        .insertInto("organizations")
        .values({ name, slug: slugOf(name) })
        .returning("id")
        .executeTakeFirstOrThrow();
      await trx
        .insertInto("members")
        .values({ organization_id: organizationId, user_id: userId, role: "owner" })
        .execute();
      const apiKey = await createApiKey(trx, { organizationId, name: "first", createdBy: userId });
      return { organizationId, userId, apiKey };
    });
  } finally {
    await db.destroy();
  }
}

// Organizations may share a name, but slugs are unique.
function slugOf(name: string): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 40);
  return [words, randomBytes(4).toString("hex")].filter((part) => part !== "").join("-");
}

import type { Database } from "@loudhailer/db/database.ts";
import { hashPassword } from "better-auth/crypto";
import { sql, type Transaction } from "kysely";
import { z } from "zod";
import { DomainError } from "../domain-error.ts";

// Better Auth's own limits, so that users created here can sign in there.
const passwordLengthMin = 8;
const passwordLengthMax = 128;

export interface Credentials {
  email: string;
  password: string;
}

/**
 * Checks credentials and returns them with the email in lower case, as Better Auth stores it.
 * @throws DomainError `invalid_input` if the email or the password isn't valid
 */
export function checkCredentials({ email, password }: Credentials): Credentials {
  const parsed = z.email().safeParse(email.trim().toLowerCase());
  if (!parsed.success) {
    throw new DomainError("invalid_input", "The e-mail address is not valid.");
  }
  if (password.length < passwordLengthMin || password.length > passwordLengthMax) {
    throw new DomainError(
      "invalid_input",
      `The password must have ${passwordLengthMin} to ${passwordLengthMax} characters.`,
    );
  }
  return { email: parsed.data, password };
}

/**
 * Inserts a user who can sign in with Better Auth: adds its `credential` account with Better Auth's
 * password hash. Returns the user's id, or null if the email is taken.
 */
export async function insertUser(
  trx: Transaction<Database>,
  { name, email, password }: Credentials & { name: string },
): Promise<string | null> {
  const user = await trx
    .insertInto("users")
    .values({ name, email })
    .onConflict((conflict) => conflict.column("email").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (user === undefined) return null;
  const passwordHash = await hashPassword(password);
  await sql`
    insert into accounts (user_id, account_id, provider_id, password)
    values (${user.id}, ${user.id}, 'credential', ${passwordHash})
  `.execute(trx);
  return user.id;
}

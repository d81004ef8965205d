import type { Database } from "@loudhailer/db/database.ts";
import { hashPassword } from "better-auth/crypto";
import { sql, type Transaction } from "kysely";
import { z } from "zod";
import { DomainError } from "../domain-error.ts";

// Better Auth's own bounds, so that whoever is made here can also sign in there.
const passwordLengthMin = 8;
const passwordLengthMax = 128;

export interface Credentials {
  email: string;
  password: string;
}

/** E-mail in lower case, as Better Auth keeps it. Throws `invalid_input` naming what is wrong. */
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
 * A user who can sign in with Better Auth: its `credential` account with its own password hash.
 * Answers the user's id, or null where the e-mail is taken.
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

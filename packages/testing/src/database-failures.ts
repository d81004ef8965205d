import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { onTestFinished } from "vitest";

/** SQLSTATEs of statements that may succeed later. Each service answers 503 with `retry-after`. */
export const awayCodes = [
  ["08000", "08001", "08003", "08004", "08006", "08007", "08P01"],
  ["25006", "25P03", "25P04", "28000", "28P01", "3D000"],
  ["40000", "40001", "40002", "40003", "40P01"],
  ["53000", "53100", "53200", "53300", "53400"],
  ["55000", "55006", "55P02", "55P03"],
  ["57000", "57014", "57P01", "57P02", "57P03", "57P04", "57P05"],
  ["58000", "58030", "58P01", "58P02"],
].flat();

/** SQLSTATEs of statements that are wrong. Each service answers 500. */
export const ourCodes = [
  ["0A000", "21000", "25001", "25P01", "25P02", "34000", "42501", "42601", "42703", "42P01"],
  ["P0001", "P0004", "XX000", "XX001", "XX002"],
].flat();

/**
 * Makes each insert into `table` fail with this SQLSTATE until the test ends. `db` must have the
 * rights of the login.
 */
export async function failInserts(
  db: Kysely<Database>,
  table: string,
  code: string,
): Promise<void> {
  onTestFinished(async () => {
    await sql`drop function fail_insert() cascade`.execute(db);
  });
  const body = `begin raise exception 'made for a test' using errcode = '${code}'; end`;
  await sql`create function fail_insert() returns trigger language plpgsql as ${sql.lit(body)}`.execute(
    db,
  );
  await sql`create trigger fail_insert before insert on ${sql.table(table)}
    for each statement execute function fail_insert()`.execute(db);
}

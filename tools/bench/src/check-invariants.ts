import { isDeepStrictEqual } from "node:util";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { readCounts } from "./read-counts.ts";
import type { AcceptedMessage } from "./simulator-client.ts";

/** Outcomes that a scenario allows for recipients that Meta never accepted. */
export interface Allowed {
  /** Meta's codes with which these recipients may fail. */
  refusals: readonly string[];
  /** True if these recipients may end as unknown. */
  unknown: boolean;
}

export interface InvariantReport {
  violations: string[];
  /** Number of recipients that ended as unknown and that Meta never accepted. */
  unknown: number;
}

interface Row {
  id: string;
  status: string;
  error_code: string | null;
}

const settledByMeta = new Set(["sent", "delivered", "read", "failed"]);

/**
 * Checks a broadcast after its last status: it is completed, its counters equal the rows, and Meta
 * accepted no recipient twice. Every recipient that Meta accepted has a status from Meta; every
 * other one failed with an allowed code, or is unknown if that is allowed.
 */
export async function checkInvariants(
  db: Kysely<Database>,
  broadcastId: string,
  accepted: readonly AcceptedMessage[],
  allowed: Allowed,
): Promise<InvariantReport> {
  const { status, counters, rows: counted } = await readCounts(db, broadcastId);
  const { rows } = await sql<Row>`
    select id::text, status, error_code from whatsapp_broadcast_recipients
    where broadcast_id = ${broadcastId}
  `.execute(db);
  const byMeta = new Set(accepted.map((message) => message.callbackData));
  const phones = new Set(accepted.map((message) => message.to));
  const known = rows.filter(({ id }) => byMeta.has(id));
  const others = rows.filter(({ id }) => !byMeta.has(id));
  const unknown = others.filter((row) => row.status === "unknown");
  const missing = others.filter((row) => !isExplained(row, allowed));
  const unsettled = known.filter((row) => !settledByMeta.has(row.status));

  const violations: string[] = [];
  const expect = (isHeld: boolean, violation: string) =>
    void (isHeld || violations.push(violation));
  expect(status === "completed", `the broadcast is ${status}`);
  expect(
    isDeepStrictEqual(counters, counted),
    `counters ${JSON.stringify(counters)} but rows ${JSON.stringify(counted)}`,
  );
  const twice = accepted.length - byMeta.size;
  expect(twice === 0, `${twice} accepted twice, ${firstDuplicate(accepted)}`);
  expect(phones.size === accepted.length, `${accepted.length - phones.size} phones told twice`);
  expect(known.length === byMeta.size, `${byMeta.size - known.length} accepted that aren't ours`);
  expect(unsettled.length === 0, `accepted by Meta, but ${countByStatus(unsettled)}`);
  expect(missing.length === 0, `never accepted by Meta, but ${countByStatus(missing)}`);
  return { violations, unknown: unknown.length };
}

function isExplained({ status, error_code }: Row, { refusals, unknown }: Allowed): boolean {
  if (status === "unknown") return unknown;
  return status === "failed" && error_code !== null && refusals.includes(error_code);
}

/** Returns "such as recipient 17 at 10:00:00.000 and 10:00:01.500", to look up in the logs. */
function firstDuplicate(accepted: readonly AcceptedMessage[]): string {
  const before = new Map<string | null, number>();
  for (const { callbackData, acceptedAt } of accepted) {
    const first = before.get(callbackData);
    if (first !== undefined) {
      const [at, again] = [first, acceptedAt].map((ms) => new Date(ms).toISOString().slice(11, 23));
      return `such as recipient ${callbackData} at ${at} and ${again}`;
    }
    before.set(callbackData, acceptedAt);
  }
  return "nobody";
}

/** Returns "3 pending, 1 failed (131000), such as recipient 17". */
function countByStatus(rows: Row[]): string {
  const counts = new Map<string, number>();
  for (const { status, error_code } of rows) {
    const key = error_code === null ? status : `${status} (${error_code})`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const parts = [...counts].map(([key, count]) => `${count} ${key}`);
  return `${parts.join(", ")}, such as recipient ${rows[0]?.id}`;
}

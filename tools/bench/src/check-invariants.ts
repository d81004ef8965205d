import { isDeepStrictEqual } from "node:util";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { readCounts } from "./read-counts.ts";
import type { AcceptedMessage } from "./simulator-client.ts";

/**
 * Outcomes that a scenario allows for recipients that Meta never accepted, and the recipients that
 * it allows to be told twice.
 */
export interface Allowed {
  /** Meta's codes with which these recipients may fail. */
  refusals: readonly string[];
  /** True if these recipients may end as unknown. */
  unknown: boolean;
  /** Loudhailer's codes with which these recipients may be skipped. */
  skipped?: readonly string[];
  /** Ids of the recipients to whom an operator had the message sent again. */
  resent?: ReadonlySet<string>;
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
  const once = accepted.filter((message) => !allowed.resent?.has(recipientOf(message)));
  const byMeta = new Set(accepted.map(recipientOf));
  const [onceIds, phones] = [new Set(once.map(recipientOf)), new Set(once.map(({ to }) => to))];
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
  const twice = once.length - onceIds.size;
  expect(twice === 0, `${twice} accepted twice, ${firstDuplicate(once)}`);
  expect(phones.size === once.length, `${once.length - phones.size} phones told twice`);
  expect(known.length === byMeta.size, `${byMeta.size - known.length} accepted that aren't ours`);
  expect(unsettled.length === 0, `accepted by Meta, but ${countByStatus(unsettled)}`);
  expect(missing.length === 0, `never accepted by Meta, but ${countByStatus(missing)}`);
  return { violations, unknown: unknown.length };
}

/**
 * Returns the recipient's id from a message's callback data: the id alone, or
 * `<installation>.<recipient id>.<attempt id>`. Returns "" if there is none.
 */
export function recipientOf({ callbackData }: Pick<AcceptedMessage, "callbackData">): string {
  const [first = "", recipientId = first] = (callbackData ?? "").split(".");
  return recipientId;
}

function isExplained(
  { status, error_code }: Row,
  { refusals, unknown, skipped }: Allowed,
): boolean {
  if (status === "unknown") return unknown;
  if (status === "skipped") return error_code !== null && (skipped ?? []).includes(error_code);
  return status === "failed" && error_code !== null && refusals.includes(error_code);
}

/** Returns "such as recipient 17 at 10:00:00.000 and 10:00:01.500", to look up in the logs. */
function firstDuplicate(accepted: readonly AcceptedMessage[]): string {
  const before = new Map<string, number>();
  for (const { callbackData, acceptedAt } of accepted) {
    const id = recipientOf({ callbackData });
    const first = before.get(id);
    if (first !== undefined) {
      const [at, again] = [first, acceptedAt].map((ms) => new Date(ms).toISOString().slice(11, 23));
      return `such as recipient ${id} at ${at} and ${again}`;
    }
    before.set(id, acceptedAt);
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

import type { RecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type pg from "pg";
import { lockAttemptsSql } from "./decide-attempts.ts";
import { moveAttemptsSql, mustRepeatSql } from "./move-attempts.ts";
import { moveUsualSql } from "./move-usual.ts";

/** Outcome of one claimed recipient. */
export type Settlement = {
  recipientId: string;
  attemptId: string;
} & (
  | { status: "sent"; wamid: string }
  | { status: "failed" | "unknown"; error: SettledError }
  | {
      /** Certainly not sent; may be claimed again after `delayMs`. */
      status: "pending";
      delayMs: number;
      /** False if the reason isn't the recipient, such as throttling. */
      countsAsAttempt: boolean;
      error: SettledError | null;
    }
);

export interface SettledError {
  code: RecipientCode;
  title: string;
  details: string | null;
}

const evidenceSql = `
  evidence as materialized (
    select i.*, case when status = 'sent' then now() end as sent_at,
      null::timestamptz as delivered_at, null::timestamptz as read_at,
      case when status = 'failed' then now() end as failed_at,
      null::boolean as billable, null::text as pricing_category
    from unnest(
      $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[],
      $8::smallint[], $9::uuid[], $10::integer[]
    ) as i(id, status, wamid, error_code, error_title, error_details, delay_ms, attempts_back,
      attempt_id, ordinal)
  )`;

// A status webhook may arrive before the answer to the send itself. Then only what the answer adds
// (the wamid) is written and the status stays. An attempt that another one has replaced, such as one
// of a dispatcher that seemed dead, changes its recipient only if its message reached the person.
const usualSql = `
  with ${evidenceSql},
  ${moveUsualSql("settlement")}
  select e.ordinal from evidence e
  where not exists (select from usual u where u.ordinal = e.ordinal)
`;
const anySql = `
  with ${evidenceSql},
  ${lockAttemptsSql("evidence")},
  ${moveAttemptsSql("settlement")}
  ${mustRepeatSql}
`;

/**
 * Settles recipients as settleRecipients does, except those that another transaction has locked and
 * those of an attempt that isn't current. Returns these. So one organization's long transaction
 * doesn't hold up the others' settlements.
 */
export async function settleFree(
  pool: pg.Pool,
  settlements: readonly Settlement[],
): Promise<Settlement[]> {
  const usual = { name: "settle-recipients", text: usualSql, values: valuesOf(settlements) };
  const { rows } = await pool.query<{ ordinal: number }>(usual);
  return rows.map(({ ordinal }) => settlements[ordinal]).filter((each) => each !== undefined);
}

/**
 * Writes the outcomes of claimed recipients and the broadcasts' counters together, in one statement
 * or, if some are locked or concern an attempt that isn't current, in two. Never moves an attempt
 * back: a status that a webhook has set meanwhile stays. A call may have at most one settlement per
 * attempt.
 */
export async function settleRecipients(
  pool: pg.Pool,
  settlements: readonly Settlement[],
): Promise<void> {
  const rest = await settleFree(pool, settlements);
  if (rest.length === 0) return;
  const any = { name: "settle-any-recipients", text: anySql, values: valuesOf(rest) };
  while ((await pool.query(any)).rows.length > 0);
}

function valuesOf(settlements: readonly Settlement[]): unknown[] {
  const errors = settlements.map((s) => (s.status === "sent" ? null : s.error));
  return [
    settlements.map((s) => s.recipientId),
    settlements.map((s) => s.status),
    settlements.map((s) => (s.status === "sent" ? storable(s.wamid) : null)),
    errors.map((error) => storable(error?.code)),
    errors.map((error) => storable(error?.title)),
    errors.map((error) => storable(error?.details)),
    settlements.map((s) => (s.status === "pending" ? s.delayMs : null)),
    settlements.map((s) => (s.status === "pending" && !s.countsAsAttempt ? 1 : 0)),
    settlements.map((s) => s.attemptId),
    settlements.map((_, ordinal) => ordinal),
  ];
}

/** Replaces NUL, which PostgreSQL can't store in a text and Meta's texts may contain. */
function storable(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\uFFFD") ?? null;
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * Meta counts a rolling second: a message that left less than that after the last change was
 * refused for what had left before it.
 */
const windowMs = 1_000;
/** A refusal or two in a second cost 3%: the rate is close to what Meta takes. */
const smallCut = 0.97;
/** And many of them 10%: messages that were under way at the cut before are among them. */
const largeCut = 0.9;
/** So many tell that the rate is far off, and by how much; half of it is enough at a time. */
const farOffShare = 0.3;
const farOffCut = 0.5;
/**
 * What Meta took in the second before is trusted when it is far below the rate, not to the last, and
 * once: afterwards the share that is refused says more.
 */
const trustedBelow = 0.85;
const cutMax = 0.25;
/** Until each of several dispatchers has said what it saw, theirs are uneven by about this much. */
const unevenness = 1.2;
/**
 * The first step back up: small where the limit is known well, so that finding it again refuses
 * hardly anyone; larger after a guess.
 */
const firstStepShare = 100;
const firstStepShareAfterGuess = 10;

export interface Refusal {
  dispatcherId: string;
  /** Messages that this dispatcher had left in the second before the refused one. */
  takenInSecond: number;
  /** Of all that left in that second, the share that was refused, as far as is known. */
  refusedShare: number;
  /** Dispatchers that serve the number. */
  dispatchers: number;
  /** How long ago the refused message left, in milliseconds. */
  ageMs: number;
}

/**
 * Cuts the number's rate for all dispatchers at once: at the first refusal to what Meta has just
 * taken within a second, then by the share that is refused (3 to 10%, or up
 * to half where a third is), never twice for one window. Of several dispatchers the first to be refused
 * knows its own share only: its guess is corrected once all of them have been refused.
 * recover-rates.ts brings the rate back. Answers the rate that holds now.
 */
export async function throttleNumber(
  db: Kysely<Database>,
  providerId: string,
  refusal: Refusal,
): Promise<number> {
  const rate = (await cut(db, providerId, refusal)) ?? (await addUp(db, providerId, refusal));
  if (rate !== undefined) return rate;
  const row = await db
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .select("current_messages_per_second")
    .executeTakeFirstOrThrow();
  return row.current_messages_per_second;
}

/** Undefined where the rate was changed within the refused message's second. */
async function cut(
  db: Kysely<Database>,
  providerId: string,
  { dispatcherId, takenInSecond, refusedShare, dispatchers, ageMs }: Refusal,
): Promise<number | undefined> {
  const isShared = dispatchers > 1;
  const taken = Math.floor(takenInSecond * dispatchers * (isShared ? unevenness : 1));
  const atMost = refusedShare > farOffShare ? farOffCut : largeCut;
  const share = Math.max(atMost, Math.min(smallCut, 1 - refusedShare));
  const rate = sql`current_messages_per_second`;
  const isGuess = sql`(${rate} = messages_per_second
    and ${taken}::integer < ${rate} * ${trustedBelow}::float8)`;
  const lower = sql<number>`greatest(1, ${rate} * ${cutMax}::float8, least(floor(${rate} * ${share}::float8),
    case when ${isGuess} then ${taken}::integer else ${rate} end))::integer`;
  const row = await db
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: lower,
      rate_step: sql`greatest(1, (${lower}) / case when ${isGuess}
        then ${sql.lit(firstStepShareAfterGuess)} else ${sql.lit(firstStepShare)} end)`,
      taken_by_dispatcher: sql`case when ${isGuess} and ${isShared}::boolean
        then jsonb_build_object(${dispatcherId}::text, ${takenInSecond}::integer) end`,
      // What Meta took within a second is still counted: a lone dispatcher knows it, several rest.
      next_slot_at: sql`case when ${isGuess} and ${isShared}::boolean
        then greatest(next_slot_at, now() + ${windowMs} * interval '1 millisecond') else next_slot_at end`,
      rate_changed_at: sql`now()`,
    })
    .where("id", "=", providerId)
    .where(sql<boolean>`not ${wasJustChanged(ageMs)}`)
    .returning("current_messages_per_second")
    .executeTakeFirst();
  return row?.current_messages_per_second;
}

/** Corrects the guess by what this dispatcher saw; undefined where there is none, or it is in it. */
async function addUp(
  db: Kysely<Database>,
  providerId: string,
  { dispatcherId, takenInSecond, dispatchers, ageMs }: Refusal,
): Promise<number | undefined> {
  const all = sql<string>`(taken_by_dispatcher || jsonb_build_object(${dispatcherId}::text, ${takenInSecond}::integer))`;
  const known = sql`(select count(*) >= ${dispatchers}::integer from jsonb_object_keys(${all}))`;
  const sum = sql<number>`greatest(1, messages_per_second * ${cutMax}::float8, least(messages_per_second,
    (select sum(value::integer) from jsonb_each_text(${all}))))::integer`;
  const row = await db
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: sql`case when ${known} then ${sum} else current_messages_per_second end`,
      rate_step: sql`case when ${known} then greatest(1, (${sum}) / ${sql.lit(firstStepShare)}) else rate_step end`,
      taken_by_dispatcher: all,
    })
    .where("id", "=", providerId)
    .where(sql<boolean>`not taken_by_dispatcher ? ${dispatcherId}`)
    .where(wasJustChanged(ageMs))
    .returning("current_messages_per_second")
    .executeTakeFirst();
  return row?.current_messages_per_second;
}

function wasJustChanged(ageMs: number) {
  return sql<boolean>`coalesce(rate_changed_at >= now() - ${windowMs + ageMs} * interval '1 millisecond', false)`;
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * Meta's rolling second. A message that left within it after the last rate change was refused
 * because of messages that left before the change.
 */
const windowMs = 1_000;
/** Factor after a refusal or two in a second (3% less): the rate is close to what Meta accepts. */
const smallCut = 0.97;
/**
 * Factor after many refusals (10% less), which include messages that were under way at the previous
 * cut.
 */
const largeCut = 0.9;
/**
 * Refused share above which the rate is far too high. The cut then follows the share, but takes at
 * most half of the rate at a time.
 */
const farOffShare = 0.3;
const farOffCut = 0.5;
/**
 * Part of the rate below which the messages accepted in the previous second become the new rate,
 * but not below `cutMax`. This is done only at the full rate; afterwards the refused share says
 * more.
 */
const trustedBelow = 0.85;
const cutMax = 0.25;
/**
 * Allowance for uneven shares of several dispatchers: they differ by about this factor until each
 * dispatcher has reported what it saw.
 */
const unevenness = 1.2;
/**
 * Divisors of the rate for the first step back up. The step is small if the limit is known well, so
 * that reaching it again causes few refusals, and larger after a guess.
 */
const firstStepShare = 100;
const firstStepShareAfterGuess = 10;

export interface Refusal {
  dispatcherId: string;
  /** Messages that left this dispatcher in the second before the refused one. */
  takenInSecond: number;
  /** Share of that second's messages that was refused, as far as known. */
  refusedShare: number;
  /** Number of dispatchers that serve the number. */
  dispatchers: number;
  /** Milliseconds since the refused message left. */
  ageMs: number;
}

/**
 * Cuts the number's sending rate for all dispatchers at once and returns the current rate. The
 * first refusal cuts it to what Meta accepted within the last second if that is far below the rate.
 * Other refusals cut it by the refused share: 3 to 10%, or up to half if more than 30% was refused.
 * The rate is never cut twice for one window. With several dispatchers the first one to be refused
 * knows only its own share; its guess is corrected once all of them have been refused.
 * recover-rates.ts raises the rate again.
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

/**
 * Cuts the rate and returns the new one. Undefined if the rate was changed within the refused
 * message's second.
 */
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
      // Meta still counts the last second's messages: a lone dispatcher counts them too, several pause.
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

/**
 * Corrects the guess by what this dispatcher saw and returns the rate. Undefined if there is no
 * guess or this dispatcher is already part of it.
 */
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

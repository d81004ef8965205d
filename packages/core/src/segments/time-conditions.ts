import { sql, type RawBuilder, type SqlBool } from "kysely";
import type { Conditions } from "./segment-conditions.ts";
import { daysValue, pairValue, textValue, timeSpan } from "./segment-values.ts";

/** SQL conditions on the time of an event of a contact: since `start`, before `end`, or ever. */
interface EventTime {
  from(start: RawBuilder<Date>): RawBuilder<SqlBool>;
  before(end: RawBuilder<Date>): RawBuilder<SqlBool>;
  ever: RawBuilder<SqlBool>;
}

export const createdAtConditions = conditionsOfTime(columnTime(sql.ref("c.created_at")));
export const lastInboundAtConditions = conditionsOfTime(columnTime(sql.ref("c.last_inbound_at")));

/** Conditions on the last message to the contact that Meta accepted. */
export const lastSentAtConditions = conditionsOfTime({
  from: sentFrom,
  before: (end) => sql<SqlBool>`(${sentEver()} and not ${sentFrom(end)})`,
  ever: sentEver(),
});

function columnTime(column: RawBuilder<unknown>): EventTime {
  return {
    from: (start) => sql<SqlBool>`${column} >= ${start}`,
    before: (end) => sql<SqlBool>`${column} < ${end}`,
    ever: sql<SqlBool>`${column} is not null`,
  };
}

function sentFrom(start: RawBuilder<Date>): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (
    select from whatsapp_broadcast_recipients r
    where r.organization_id = c.organization_id and r.contact_id = c.id and r.sent_at >= ${start}
  )`;
}

function sentEver(): RawBuilder<SqlBool> {
  return sentFrom(sql<Date>`'-infinity'::timestamptz`);
}

function conditionsOfTime({ from, before, ever }: EventTime): Conditions {
  const within = (start: string, end: string) =>
    sql<SqlBool>`(${from(moment(start))} and ${before(moment(end))})`;
  return {
    "=": (value) => within(timeOf(value).start, timeOf(value).end),
    "<": (value) => before(moment(timeOf(value).start)),
    "<=": (value) => before(moment(timeOf(value).end)),
    ">": (value) => from(moment(timeOf(value).end)),
    ">=": (value) => from(moment(timeOf(value).start)),
    between: (value) => {
      const [first, last] = pairValue(value);
      return within(timeSpan(first).start, timeSpan(last).end);
    },
    withinDays: (value) =>
      from(sql<Date>`now() - make_interval(days => ${daysValue(value)}::integer)`),
    null: () => sql<SqlBool>`not ${ever}`,
  };
}

function timeOf(value: unknown) {
  return timeSpan(textValue(value));
}

function moment(text: string): RawBuilder<Date> {
  return sql<Date>`${text}::timestamptz`;
}

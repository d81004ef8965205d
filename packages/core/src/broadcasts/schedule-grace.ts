import { scheduleGraceMinutesDefault } from "@loudhailer/contracts/settings.ts";
import { sql, type RawBuilder } from "kysely";

/**
 * Returns SQL for the minutes that a scheduled broadcast may be late, by its organization's setting.
 * `alias` is the broadcast's table in the query.
 */
export function scheduleGraceSql(alias: string): RawBuilder<number> {
  return sql<number>`coalesce((
    select s.schedule_grace_minutes from organization_settings s
    where s.organization_id = ${sql.ref(`${alias}.organization_id`)}
  ), ${sql.lit(scheduleGraceMinutesDefault)})`;
}

/**
 * Returns SQL for whether the broadcast is scheduled and later than its organization allows, so that
 * a person must decide whether it is still to be sent.
 */
export function isScheduleMissedSql(alias: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(`${alias}.status`)} = 'scheduled'
    and ${sql.ref(`${alias}.scheduled_at`)}
      < now() - ${scheduleGraceSql(alias)} * interval '1 minute')`;
}

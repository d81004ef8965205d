import { scheduleGraceMinutesDefault } from "@loudhailer/contracts/settings.ts";
import { sql, type RawBuilder } from "kysely";

/**
 * Returns SQL for the minutes that a scheduled broadcast may be late, by its organization's setting.
 * `alias` is the broadcast's table in the query.
 */
function scheduleGraceSql(alias: string): RawBuilder<number> {
  return sql<number>`coalesce((
    select s.schedule_grace_minutes from organization_settings s
    where s.organization_id = ${sql.ref(`${alias}.organization_id`)}
  ), ${sql.lit(scheduleGraceMinutesDefault)})`;
}

/**
 * Returns SQL for whether the broadcast is scheduled and was later than its organization allowed, so
 * that a person must decide whether it is still to be sent. Once noted in `missed_schedule`, it stays
 * so whatever the organization allows later.
 */
export function isScheduleMissedSql(alias: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(`${alias}.status`)} = 'scheduled'
    and (${sql.ref(`${alias}.scheduled_at`)}
        < now() - ${scheduleGraceSql(alias)} * interval '1 minute'
      or coalesce(${sql.ref(`${alias}.missed_schedule`)} = ${sql.ref(`${alias}.scheduled_at`)}, false)))`;
}

import {
  overviewDaysMax,
  type Activity,
  type Overview,
  type OverviewInput,
} from "@loudhailer/contracts/overview.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { DateTime } from "luxon";
import { invalidField } from "../invalid-field.ts";
import type { TenantContext } from "../tenant-context.ts";

const sums = sql`sum(a.sent)::integer as sent, sum(a.delivered)::integer as delivered,
  sum(a.read)::integer as read, sum(a.failed)::integer as failed, sum(a.replied)::integer as replied`;
const nothing: Activity = { sent: 0, delivered: 0, read: 0, failed: 0, replied: 0 };

interface Row extends Activity {
  date: string | null;
  providerId: string | null;
  numberName: string | null;
  templateId: string | null;
  templateName: string | null;
  language: string | null;
}

/**
 * Returns the activity on each day of `timeZone`, in total, by number and by template, counted from
 * the recipients at most two minutes ago (count-activity.ts).
 * @throws DomainError `invalid_input` if the days are invalid, in the wrong order or too far apart
 */
export function getOverview(ctx: TenantContext, input: OverviewInput): Promise<Overview> {
  const { first, last } = readDays(input);
  const { timeZone, providerId, templateId } = input;
  const dates = datesBetween(first, last);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const rows = await readActivity(trx, ctx.organizationId, {
      from: first.toJSDate(),
      until: last.plus({ days: 1 }).toJSDate(),
      timeZone,
      providerId,
      templateId,
    });
    const byDate = new Map(rows.flatMap((row) => (row.date === null ? [] : [[row.date, row]])));
    return {
      from: first.toISODate() ?? "",
      to: last.toISODate() ?? "",
      timeZone,
      totals: activityOf(rows.find((row) => isTotal(row))),
      days: dates.map((date) => ({ date, ...activityOf(byDate.get(date)) })),
      numbers: rows.flatMap((row) =>
        row.providerId === null
          ? []
          : [{ providerId: row.providerId, name: row.numberName ?? "", ...activityOf(row) }],
      ),
      templates: rows.flatMap((row) =>
        row.templateId === null
          ? []
          : [
              {
                templateId: row.templateId,
                name: row.templateName ?? "",
                language: row.language ?? "",
                ...activityOf(row),
              },
            ],
      ),
      countedAt: await countedAt(trx, ctx.organizationId),
    };
  });
}

function isTotal({ date, providerId, templateId }: Row): boolean {
  return date === null && providerId === null && templateId === null;
}

function activityOf(row: Activity | undefined): Activity {
  if (!row) return nothing;
  const { sent, delivered, read, failed, replied } = row;
  return { sent, delivered, read, failed, replied };
}

function readDays({ from, to, timeZone }: OverviewInput): { first: DateTime; last: DateTime } {
  const day = (text: string) => DateTime.fromISO(text, { zone: timeZone }).startOf("day");
  const last = to === undefined ? DateTime.now().setZone(timeZone).startOf("day") : day(to);
  const first = from === undefined ? last.minus({ days: 29 }) : day(from);
  const days = Math.round(last.diff(first, "days").days) + 1;
  if (!first.isValid || !last.isValid || first.year < 2000 || last.year > 9000) {
    throw invalidField("from", "is no day that there is anything of");
  }
  if (days < 1) throw invalidField("from", "is after to");
  if (days > overviewDaysMax)
    throw invalidField("from", `is more than ${overviewDaysMax} days before to`);
  return { first, last };
}

function datesBetween(first: DateTime, last: DateTime): string[] {
  const dates: string[] = [];
  for (let day = first; day <= last; day = day.plus({ days: 1 })) dates.push(day.toISODate() ?? "");
  return dates;
}

async function readActivity(
  trx: TenantDb,
  organizationId: string,
  period: {
    from: Date;
    until: Date;
    timeZone: string;
    providerId?: string | undefined;
    templateId?: string | undefined;
  },
): Promise<Row[]> {
  const { from, until, timeZone, providerId, templateId } = period;
  const { rows } = await sql<Row>`
    select g.*, coalesce(p.display_name, p.phone_number, p.phone_number_id) as "numberName",
      t.name as "templateName", t.language
    from (
      select a.date, b.provider_id as "providerId", b.template_id as "templateId", ${sums}
      from (
        select *, to_char(quarter at time zone ${timeZone}, 'YYYY-MM-DD') as date
        from broadcast_activity
        where organization_id = ${organizationId} and quarter >= ${from} and quarter < ${until}
      ) a
      join whatsapp_broadcasts b on b.id = a.broadcast_id
      where b.organization_id = ${organizationId}
        and (${providerId ?? null}::uuid is null or b.provider_id = ${providerId ?? null}::uuid)
        and (${templateId ?? null}::uuid is null or b.template_id = ${templateId ?? null}::uuid)
      group by grouping sets ((a.date), (b.provider_id), (b.template_id), ())
      having count(*) > 0
    ) g
    left join whatsapp_providers p on p.id = g."providerId"
    left join whatsapp_templates t on t.id = g."templateId"
    order by g.sent desc, g."providerId", g."templateId", g.date
  `.execute(trx);
  return rows;
}

async function countedAt(trx: TenantDb, organizationId: string): Promise<string | null> {
  const row = await trx
    .selectFrom("broadcast_activity_counts")
    .where("organization_id", "=", organizationId)
    .select((eb) => eb.fn.max("counted_at").as("at"))
    .executeTakeFirst();
  return row?.at?.toISOString() ?? null;
}

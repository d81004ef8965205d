import type { Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import { compileTemplate, type CompiledTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { TemplateVariablesError } from "@loudhailer/whatsapp/template-variables.ts";
import { sql, type Kysely, type RawBuilder, type Transaction } from "kysely";
import { compileSegment } from "../audiences/compile-segment.ts";
import { contactFieldSql } from "../contacts/contact-field-sql.ts";
import { DomainError } from "../domain-error.ts";
import type { EngineDeps } from "./engine-deps.ts";

/**
 * So many new rows change the table's statistics, and autovacuum may come a minute too late:
 * plans kept from when it was small took 290 to 450 ms for a settle of 100 on 300,000 new rows,
 * 3 to 5 ms once it was analyzed (measured).
 */
const analyzedFrom = 1_000;

/**
 * Takes one broadcast that is `preparing`, freezes its audience with each recipient's variables,
 * and moves it to `sending`, all in one transaction: after a crash the next process starts over
 * with nothing half done. One whose own content can't be prepared becomes `failed`, and holds up
 * nobody else's. Answers the broadcast's id, or null when none is waiting.
 */
export async function prepareNextBroadcast({ engineDb, log }: EngineDeps): Promise<string | null> {
  let broadcastId: string | null = null;
  let frozen = 0;
  try {
    await engineDb.transaction().execute(async (trx) => {
      const broadcast = await trx
        .selectFrom("whatsapp_broadcasts")
        .where("status", "=", "preparing")
        .select(["id", "organization_id", "segment_criteria", "variables", "template_snapshot"])
        .orderBy("launched_at")
        .limit(1)
        .forNoKeyUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!broadcast) return;
      broadcastId = broadcast.id;
      const counts = await freezeAudience(trx, broadcast);
      await startSending(trx, broadcast.id, counts);
      frozen = counts.total;
      log.info({ broadcastId: broadcast.id, ...counts }, "audience frozen");
    });
    if (frozen >= analyzedFrom) await sql`select analyze_recipients()`.execute(engineDb);
    return broadcastId;
  } catch (error) {
    if (broadcastId === null || !isOfItsContent(error)) throw error;
    log.error({ err: error, broadcastId }, "broadcast can't be prepared");
    await markFailed(engineDb, broadcastId);
    return broadcastId;
  }
}

/** The template, the segment or the data itself: the same again would fail again. */
function isOfItsContent(error: unknown): boolean {
  if (error instanceof DomainError || error instanceof TemplateVariablesError) return true;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^(22|23|54)[0-9A-Z]{3}$/.test(code);
}

async function startSending(
  trx: Transaction<Database>,
  broadcastId: string,
  { total, skipped }: { total: number; skipped: number },
): Promise<void> {
  await trx
    .updateTable("whatsapp_broadcasts")
    .set({
      total_recipients: total,
      skipped_count: skipped,
      feed_cursor: "0",
      updated_at: sql`now()`,
      ...(total > skipped
        ? { status: "sending", started_at: sql`now()` }
        : {
            status: "failed",
            failed_at: sql`now()`,
            failure_reason: total === 0 ? "no_recipients" : "all_recipients_skipped",
          }),
    })
    .where("id", "=", broadcastId)
    .execute();
}

async function markFailed(db: Kysely<Database>, broadcastId: string): Promise<void> {
  await db
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "failed",
      failed_at: sql`now()`,
      failure_reason: "could_not_be_prepared",
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcastId)
    .where("status", "=", "preparing")
    .execute();
}

interface PreparingBroadcast {
  id: string;
  organization_id: string;
  segment_criteria: object;
  variables: object;
  template_snapshot: TemplateSnapshot | null;
}

async function freezeAudience(
  trx: Transaction<Database>,
  broadcast: PreparingBroadcast,
): Promise<{ total: number; skipped: number }> {
  if (!broadcast.template_snapshot) {
    throw new Error(`broadcast ${broadcast.id} has no template snapshot`);
  }
  const template = compileTemplate(broadcast.template_snapshot, broadcast.variables);
  // The values are computed once a contact, in the lateral join, then looked at and stored.
  const { rows } = await sql<{ total: number; skipped: number }>`
    with inserted as (
      insert into whatsapp_broadcast_recipients
        (organization_id, broadcast_id, contact_id, phone, variables, status, error_code,
          error_title)
      select c.organization_id, ${broadcast.id}::uuid, c.id, c.phone, to_jsonb(v.values),
        case when v.missing is null then 'pending' else 'skipped' end,
        case when v.missing is not null then 'missing_variable' end,
        v.missing
      from contacts c
      cross join lateral (
        select f.values, ${missingFieldSql(template)} as missing
        from (select ${valuesSql(template)} as values) f
      ) v
      where c.organization_id = ${broadcast.organization_id}::uuid
        and c.phone is not null
        and c.opted_out_at is null
        and ${compileSegment(broadcast.segment_criteria)}
      order by c.id
      returning status
    )
    select count(*)::integer as total,
      (count(*) filter (where status = 'skipped'))::integer as skipped
    from inserted
  `.execute(trx);
  const [counts] = rows;
  return counts ?? { total: 0, skipped: 0 };
}

function valuesSql(template: CompiledTemplate): RawBuilder<(string | null)[]> {
  const values = template.fields.map(
    ({ field, fallback }) => sql`coalesce(${contactFieldSql(field)}, ${fallback}::text)`,
  );
  return values.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(values)}]`;
}

/** Words for the first field the contact lacks, or null. */
function missingFieldSql(template: CompiledTemplate): RawBuilder<string | null> {
  if (template.fields.length === 0) return sql`null::text`;
  const cases = template.fields.map(
    ({ field }, index) =>
      sql`when f.values[${sql.lit(index + 1)}] is null then ${`The contact has no ${field}`}::text`,
  );
  return sql`case ${sql.join(cases, sql` `)} end`;
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { createNumber } from "../bench-broadcast.ts";

/**
 * Adds completed broadcasts to a tenth of the contacts each, one every two days back from now, with
 * recipients in mixed states. Returns their ids.
 */
export async function addHistory(
  db: Kysely<Database>,
  organizationId: string,
  broadcasts: number,
): Promise<string[]> {
  const number = { phoneNumberId: "801", wabaId: "8801", messagesPerSecond: 80 };
  const { providerId, templateId } = await createNumber(db, number, organizationId);
  const ids: string[] = [];
  for (let index = 0; index < broadcasts; index++) {
    const { id } = await db
      .insertInto("whatsapp_broadcasts")
      .values({
        organization_id: organizationId,
        name: `Broadcast ${index}`,
        provider_id: providerId,
        template_id: templateId,
        segment_criteria: JSON.stringify({ combinator: "and", rules: [] }),
        status: "completed",
        launched_at: sql`now() - ${index + 1} * interval '2 days'`,
        completed_at: sql`now() - ${index + 1} * interval '2 days'`,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await sql`
      insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, contact_id, phone, status,
        sent_at, delivered_at, read_at, failed_at, replied_at, wamid, error_code)
      select organization_id, ${id}, id, phone, status,
        case when status <> 'failed' then at end,
        case when status in ('delivered', 'read') then at + interval '2 seconds' end,
        case when status = 'read' then at + random() * interval '1 day' end,
        case when status = 'failed' then at end,
        case when status = 'read' and id % 11 = 0 then at + random() * interval '1 day' end,
        case when status <> 'failed' then 'wamid.' || ${id}::text || id end,
        case when status = 'failed' then '131026' end
      from (
        select c.organization_id, c.id, c.phone,
          (array['read','read','delivered','delivered','sent','failed'])[1 + c.id % 6] as status,
          now() - ${index + 1} * interval '2 days' + (c.id % 3600) * interval '1 second' as at
        from contacts c where c.organization_id = ${organizationId} and c.id % 10 = ${index % 10}
      ) r
    `.execute(db);
    await sql`
      update whatsapp_broadcasts b set total_recipients = c.total, successful_sends = c.sent,
        failed_sends = c.failed, delivered_count = c.delivered, read_count = c.read, replied_count = c.replied
      from (
        select count(*) as total, count(*) filter (where status <> 'failed') as sent,
          count(*) filter (where status = 'failed') as failed,
          count(*) filter (where status in ('delivered', 'read')) as delivered,
          count(*) filter (where status = 'read') as read, count(replied_at) as replied
        from whatsapp_broadcast_recipients where broadcast_id = ${id}
      ) c
      where b.id = ${id}
    `.execute(db);
    ids.push(id);
  }
  // One contact in 40 has written within the last 90 days, and one in 20 has opted out.
  await sql`
    update contacts set last_inbound_at = now() - (id % 90) * interval '1 day'
    where organization_id = ${organizationId} and id % 40 = 0
  `.execute(db);
  await sql`
    update contacts set opted_out_at = now(), opt_out_source = 'stop_word'
    where organization_id = ${organizationId} and id % 20 = 3
  `.execute(db);
  await sql`vacuum analyze contacts, whatsapp_broadcast_recipients`.execute(db);
  return ids;
}

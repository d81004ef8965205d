import { sql, type RawBuilder } from "kysely";

/**
 * Returns SQL for a FROM with the events of a broadcast's recipients, one row `(kind, at)` per
 * event. Meta may omit earlier steps: a message that was read was also delivered and sent.
 */
export function recipientEvents(broadcastId: string): RawBuilder<unknown> {
  return sql`(
    select e.kind, e.at
    from whatsapp_broadcast_recipients r
    cross join lateral (values
      ('sent', case when r.status in ('sent', 'delivered', 'read')
        then coalesce(r.sent_at, r.delivered_at, r.read_at, r.claimed_at) end),
      ('delivered', case when r.status in ('delivered', 'read')
        then coalesce(r.delivered_at, r.read_at, r.sent_at, r.claimed_at) end),
      ('read', case when r.status = 'read'
        then coalesce(r.read_at, r.delivered_at, r.sent_at, r.claimed_at) end),
      ('failed', case when r.status = 'failed' then coalesce(r.failed_at, r.claimed_at) end),
      ('replied', r.replied_at)
    ) as e(kind, at)
    where r.broadcast_id = ${broadcastId}::uuid and e.at is not null
  )`;
}

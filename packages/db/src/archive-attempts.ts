/**
 * A common table expression that keeps the current attempts of the recipients in `locked`, which
 * has all of their columns, before the statement clears `attempt_id` and `wamid`. Statuses of those
 * attempts are still recognized (move-attempts.ts). An attempt under way is kept as `unknown`.
 */
export const archiveAttemptsSql = `
  archived as (
    insert into recipient_attempts as a (recipient_id, attempt_id, organization_id, broadcast_id,
      wamid, status, sent_at, delivered_at, read_at)
    select id, attempt_id, organization_id, broadcast_id, wamid,
      case status when 'sending' then 'unknown' else status end, sent_at, delivered_at, read_at
    from locked
    where attempt_id is not null and status in ('sending', 'unknown', 'sent', 'failed', 'delivered', 'read')
    on conflict (recipient_id, attempt_id) do update
    set wamid = excluded.wamid, status = excluded.status, sent_at = excluded.sent_at,
      delivered_at = excluded.delivered_at, read_at = excluded.read_at
  )
`;

import { sql, type Kysely } from "kysely";

/**
 * The queue is compared with the recipients behind the cursor, instead of moving the cursor back.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table whatsapp_broadcasts
      -- Up to here, no recipient waits for its first attempt or is in it.
      add column drained_cursor bigint not null default 0;
    update whatsapp_broadcasts set feed_cursor = 0 where status in ('sending', 'paused');

    -- Only recipients without any attempt have no moment: all others are found by it.
    update whatsapp_broadcast_recipients set next_attempt_at = now()
      where status = 'pending' and attempts > 0 and next_attempt_at is null;

    -- Which process fills a number's queue.
    create table number_feeders (
      provider_id uuid primary key references whatsapp_providers on delete cascade,
      feeder_id uuid not null,
      expires_at timestamptz not null,
      -- Part of the ids of the jobs, so that a job left from an earlier feeding swallows no new one.
      feedings bigint not null default 1
    ) with (fillfactor = 50);
    grant select, insert, update, delete on number_feeders to loudhailer_engine;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table number_feeders;
    update whatsapp_broadcast_recipients set next_attempt_at = null
      where status in ('pending', 'sending') and next_attempt_at <= now();
    update whatsapp_broadcasts set feed_cursor = 0 where status in ('sending', 'paused');
    alter table whatsapp_broadcasts drop column drained_cursor;
  `.execute(db);
}

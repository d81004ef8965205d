import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { World } from "./recipient-world.ts";

/** A recipient's columns as JSON. */
export interface Row {
  id: number;
  status: string;
  attempt_id: string | null;
  claimed_by: string | null;
  claimed_at: string | null;
  wamid: string | null;
  merged_into: number | null;
  phone: string;
  attempts: number;
  next_attempt_at: string | null;
  error_code: string | null;
  delivered_at: string | null;
  read_at: string | null;
  failed_at: string | null;
}

/** A replaced attempt's columns as JSON. */
interface ArchivedAttempt {
  recipient_id: number;
  attempt_id: string;
  wamid: string | null;
  status: string;
}

export interface Move {
  before: Row;
  after: Row;
}

/** The current state and every move since the previous snapshot, in order. */
export interface Snapshot {
  rows: Row[];
  archive: ArchivedAttempt[];
  moves: Move[];
  broadcast: {
    status: string;
    pause_reason: string | null;
    failure_reason: string | null;
    completed_at: string | null;
    failed_at: string | null;
  };
  /** Recipients whose contact has opted out. */
  optedOut: number[];
  registered: string[];
  silent: string[];
}

/** Installs a trigger that records every move of a recipient from any source. */
export async function recordMoves(owner: Kysely<Database>): Promise<void> {
  await sql`
    create table recipient_moves (
      seq bigint generated always as identity primary key,
      broadcast_id uuid not null, before jsonb not null, after jsonb not null
    )
  `.execute(owner);
  await sql`
    create function record_move() returns trigger
      language plpgsql security definer set search_path = public
      as 'begin
        insert into recipient_moves (broadcast_id, before, after)
        values (new.broadcast_id, to_jsonb(old), to_jsonb(new));
        return null;
      end'
  `.execute(owner);
  await sql`
    create trigger record_move after update on whatsapp_broadcast_recipients
      for each row when (old.contact_id is not distinct from new.contact_id)
      execute function record_move()
  `.execute(owner);
}

export async function takeSnapshot(
  owner: Kysely<Database>,
  { broadcastId }: Pick<World, "broadcastId">,
): Promise<Snapshot> {
  const { rows } = await sql<Snapshot>`
    with seen as (
      delete from recipient_moves where broadcast_id = ${broadcastId}
      returning seq, before, after
    )
    select
      (select to_jsonb(b) from whatsapp_broadcasts b where b.id = ${broadcastId}) as broadcast,
      (select jsonb_agg(r order by r.id) from whatsapp_broadcast_recipients r
        where r.broadcast_id = ${broadcastId}) as rows,
      (select coalesce(jsonb_agg(a), '[]') from recipient_attempts a
        where a.broadcast_id = ${broadcastId}) as archive,
      (select coalesce(jsonb_agg(r.id), '[]') from whatsapp_broadcast_recipients r
        join contacts c on c.id = r.contact_id
        where r.broadcast_id = ${broadcastId} and c.opted_out_at is not null) as "optedOut",
      (select coalesce(jsonb_agg(id), '[]') from dispatchers) as registered,
      (select coalesce(jsonb_agg(id), '[]') from dispatchers
        where last_seen_at < now() - interval '15 seconds') as silent,
      (select coalesce(jsonb_agg(jsonb_build_object('before', before, 'after', after) order by seq),
        '[]') from seen) as moves
  `.execute(owner);
  const [found] = rows;
  if (!found) throw new Error("there is no such broadcast");
  return found;
}

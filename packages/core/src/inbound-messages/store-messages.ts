import type { Database } from "@loudhailer/db/database.ts";
import { storableJson, storableText } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";
import type { InboundContent } from "./inbound-item.ts";

export interface NewMessage extends InboundContent {
  organizationId: string;
  contactId: string;
  at: Date;
}

export interface StoredMessage {
  /** False if the message was already stored. */
  isNew: boolean;
  /** Type of the message that was already stored with this wamid; null if none was. */
  knownType: string | null;
  /** Broadcast recipient that the message answers; null if none. */
  recipientId: string | null;
}

/** Time after a send within which any message from its recipient counts as a reply. */
const replyWindow = sql`interval '72 hours'`;

/**
 * Stores each message once, with the broadcast that it answers: the broadcast of the message that
 * it refers to, else the latest that its number has sent to this contact within 72 hours.
 */
export async function storeMessages(
  db: Kysely<Database>,
  messages: readonly NewMessage[],
): Promise<StoredMessage[]> {
  const { rows } = await sql<StoredMessage>`
    with input as (
      select * from unnest(
        ${messages.map((_, index) => index)}::integer[],
        ${messages.map((m) => m.organizationId)}::uuid[],
        ${messages.map((m) => m.providerId)}::uuid[],
        ${messages.map((m) => m.contactId)}::bigint[],
        ${messages.map((m) => m.wamid)}::text[],
        ${messages.map((m) => storableText(m.type).slice(0, 100))}::text[],
        ${messages.map((m) => storableJson(m.payload))}::text[],
        ${messages.map((m) => m.at)}::timestamptz[],
        ${messages.map((m) => m.contextWamid)}::text[],
        ${messages.map((m) => m.isReply && !m.isInGroup)}::boolean[]
      ) as i(ordinal, organization_id, provider_id, contact_id, wamid, type, payload, received_at,
        context_wamid, may_answer_latest)
    ),
    by_context as (
      select distinct on (i.ordinal) i.ordinal, r.id as recipient_id, r.broadcast_id
      from input i
      join whatsapp_broadcast_recipients r
        on r.wamid = i.context_wamid and r.organization_id = i.organization_id
      order by i.ordinal, r.id
    ),
    answered as materialized (
      select i.*, coalesce(c.recipient_id, latest.recipient_id) as recipient_id,
        coalesce(c.broadcast_id, latest.broadcast_id) as broadcast_id
      from input i
      left join by_context c on c.ordinal = i.ordinal
      left join lateral (
        select r.id as recipient_id, r.broadcast_id
        from whatsapp_broadcast_recipients r
        join whatsapp_broadcasts b on b.id = r.broadcast_id and b.provider_id = i.provider_id
        where c.ordinal is null and i.may_answer_latest
          and r.contact_id = i.contact_id and r.organization_id = i.organization_id
          and r.status in ('sending', 'unknown', 'sent', 'delivered', 'read')
          -- Meta's times are whole seconds, rounded down.
          and coalesce(r.sent_at, r.claimed_at) between i.received_at - ${replyWindow}
            and i.received_at + interval '1 second'
        order by coalesce(r.sent_at, r.claimed_at) desc
        limit 1
      ) latest on true
    ),
    stored as (
      insert into inbound_messages (organization_id, provider_id, contact_id, broadcast_id, wamid,
        type, payload, received_at)
      select organization_id, provider_id, contact_id, broadcast_id, wamid, type, payload::jsonb,
        received_at
      from answered
      order by ordinal
      on conflict (organization_id, wamid) do nothing
      returning organization_id, wamid
    )
    select s.wamid is not null as "isNew", known.type as "knownType",
      a.recipient_id as "recipientId"
    from answered a
    left join stored s on s.organization_id = a.organization_id and s.wamid = a.wamid
    left join inbound_messages known
      on known.organization_id = a.organization_id and known.wamid = a.wamid
    order by a.ordinal
  `.execute(db);
  return rows;
}

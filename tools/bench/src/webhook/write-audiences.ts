import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { createBroadcast, createNumber } from "../bench-broadcast.ts";

/** Sent broadcast and the recipients whose statuses Meta will report. */
export interface Audience {
  broadcastId: string;
  phoneNumberId: string;
  wabaId: string;
  recipients: { wamid: string; phone: string; callbackData: string }[];
}

const organizations = 4;
const numbersEach = 2;
export const audienceCount = organizations * numbersEach;

/**
 * Writes a broadcast to `recipientsEach` recipients for each of eight numbers of four
 * organizations, all sent at `sentAt` and accepted by Meta.
 */
export async function writeAudiences(
  db: Kysely<Database>,
  { recipientsEach, sentAt }: { recipientsEach: number; sentAt: Date },
): Promise<Audience[]> {
  const audiences: Audience[] = [];
  for (let organization = 1; organization <= organizations; organization++) {
    let organizationId: string | undefined;
    for (let number = 1; number <= numbersEach; number++) {
      const phoneNumberId = `10654035224${organization}${number}`;
      const wabaId = `1022901293${organization}${number}`;
      const owner = await createNumber(
        db,
        { phoneNumberId, wabaId, messagesPerSecond: 1_000 },
        organizationId,
      );
      ({ organizationId } = owner);
      const broadcastId = await createBroadcast(db, owner, {
        status: "completed",
        total_recipients: recipientsEach,
        successful_sends: recipientsEach,
      });
      const sent = { organizationId, broadcastId, recipientsEach, sentAt };
      audiences.push({
        broadcastId,
        phoneNumberId,
        wabaId,
        recipients: await insertSent(db, sent),
      });
    }
  }
  // Leaves the rows as autovacuum leaves rows that were sent a while ago.
  await sql`vacuum analyze whatsapp_broadcast_recipients`.execute(db);
  return audiences;
}

async function insertSent(
  db: Kysely<Database>,
  sent: { organizationId: string; broadcastId: string; recipientsEach: number; sentAt: Date },
): Promise<Audience["recipients"]> {
  const { rows } = await sql<Audience["recipients"][number]>`
    insert into whatsapp_broadcast_recipients
      (organization_id, broadcast_id, phone, variables, status, attempts, attempt_id, wamid, sent_at)
    select ${sent.organizationId}::uuid, ${sent.broadcastId}::uuid, '+1555' || lpad(n::text, 7, '0'),
      jsonb_build_array('Ada ' || n, 'Berlin'), 'sent', 1, gen_random_uuid(),
      'wamid.HBgL' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'),
      ${sent.sentAt}::timestamptz
    from generate_series(1, ${sent.recipientsEach}::integer) n
    returning wamid, phone,
      concat_ws('.', (select id from installation), id, attempt_id) as "callbackData"
  `.execute(db);
  return rows;
}

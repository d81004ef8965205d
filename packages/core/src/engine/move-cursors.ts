import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import type { Share } from "./take-shares.ts";

/**
 * Moves each broadcast's cursor to just before the first recipient that was not fed. If none is
 * left, it moves to the last recipient, so that the next feeding doesn't scan the whole broadcast.
 * A cursor that was set in the meantime (by a resume) stays.
 */
export async function moveCursors(
  db: Kysely<Database>,
  shares: readonly Share[],
  fed: ReadonlySet<string>,
): Promise<void> {
  const moves = shares
    .map((share) => ({ share, cursor: cursorAfter(share, fed) }))
    .filter(({ share, cursor }) => cursor !== share.feedCursor || share.drainedTo !== "0");
  if (moves.length === 0) return;
  await sql`
    with move as (
      select * from unnest(
        ${moves.map(({ share }) => share.broadcastId)}::uuid[],
        ${moves.map(({ share }) => share.feedCursor)}::bigint[],
        ${moves.map(({ cursor }) => cursor)}::bigint[],
        ${moves.map(({ share }) => share.drainedTo)}::bigint[]
      ) as m(id, before, cursor, drained_to)
    ),
    locked as materialized (
      select b.id, m.cursor, m.drained_to
      from whatsapp_broadcasts b join move m on m.id = b.id and m.before = b.feed_cursor
      where (m.cursor, m.drained_to) is distinct from (b.feed_cursor, b.drained_cursor)
      order by b.id
      for no key update of b
    )
    update whatsapp_broadcasts b 
    set feed_cursor = locked.cursor, drained_cursor = locked.drained_to
    from locked where locked.id = b.id
  `.execute(db);
}

function cursorAfter({ fresh, feedCursor, isFreshAll, lastId }: Share, fed: ReadonlySet<string>) {
  const firstLeft = fresh.find((id) => !fed.has(id));
  if (firstLeft !== undefined) return String(BigInt(firstLeft) - 1n);
  if (isFreshAll) return lastId ?? feedCursor;
  return fresh.at(-1) ?? feedCursor;
}

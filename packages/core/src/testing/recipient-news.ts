import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Snapshot } from "./recipient-history.ts";
import type { Deed, World } from "./recipient-world.ts";

/** What a settlement or a status says about one attempt. */
export interface News {
  recipientId: string;
  attemptId: string;
  status: string;
  wamid: string | null;
  code: string | null;
  source: "settlement" | "status";
}

/**
 * Returns the deed's news of all attempts that this world has had, except `unmatched` ones, which the
 * webhook keeps and tries again.
 */
export function newsOf(world: World, deed: Deed, unmatched: readonly StatusUpdate[] = []): News[] {
  if (deed.do === "settle") {
    return deed.settlements.map((settlement) => ({
      recipientId: settlement.recipientId,
      attemptId: settlement.attemptId,
      status: settlement.status,
      wamid: settlement.status === "sent" ? settlement.wamid : null,
      code: settlement.status === "sent" ? null : (settlement.error?.code ?? null),
      source: "settlement",
    }));
  }
  if (deed.do !== "statuses") return [];
  return deed.updates.flatMap((update) => {
    const attempt = world.isOurs(update) ? update.attempt : world.attemptOfWamid(update.wamid);
    if (attempt === null || unmatched.includes(update)) return [];
    const { recipientId, attemptId } = attempt;
    const { status, wamid, errorCode: code } = update;
    return [{ recipientId, attemptId, status, wamid, code, source: "status" }];
  });
}

/** Returns the attempt that an update concerns according to the stored rows; null if none. */
export function concernedAttempt(
  world: World,
  update: StatusUpdate,
  { rows, archive }: Snapshot,
): { recipientId: string; attemptId: string } | null {
  if (world.isOurs(update)) return update.attempt;
  const known = [...rows.map((row) => ({ ...row, recipient_id: row.id })), ...archive].find(
    ({ wamid, attempt_id }) => wamid === update.wamid && attempt_id !== null,
  );
  if (!known || known.attempt_id === null) return null;
  return { recipientId: String(known.recipient_id), attemptId: known.attempt_id };
}

import type { FailureView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { adviceFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/** What is said of an error of ours; Meta's codes have their words in the taxonomy. */
const ownAdvice: Record<string, string> = {
  merged_contact:
    "Two contacts turned out to be one person, who gets the message once. There is nothing to do.",
  missing_variable:
    "These contacts lack a value that the template needs. Fill it in, or give the variable a fallback.",
  opted_out: "These contacts opted out after the launch, so nothing was sent to them.",
  no_answer:
    "The message may have left, but Meta's answer never came. Meta's webhook usually settles it within minutes.",
  dispatcher_lost:
    "The process that sent it ended before Meta's answer. Meta's webhook usually settles it within minutes.",
  not_sent: "Meta could not be reached after several tries; nothing was sent. Try again.",
};

/** Recipients that weren't reached, grouped by status and reason, most first. */
export function listFailures(ctx: TenantContext, broadcastId: string): Promise<FailureView[]> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    const rows = await trx
      .selectFrom("whatsapp_broadcast_recipients")
      .where("organization_id", "=", ctx.organizationId)
      .where("broadcast_id", "=", broadcastId)
      .where("status", "in", ["failed", "skipped", "unknown"])
      .groupBy(["status", "error_code"])
      .select((eb) => [
        "status",
        "error_code",
        eb.fn.min("error_title").as("error_title"),
        eb.fn.countAll<string>().as("count"),
      ])
      .orderBy("count", "desc")
      .execute();
    return rows.map((row) => ({
      status: row.status,
      errorCode: row.error_code,
      errorTitle: row.error_title,
      advice: row.error_code === null ? null : adviceOf(row.error_code),
      count: Number(row.count),
    }));
  });
}

function adviceOf(code: string): string {
  return ownAdvice[code] ?? adviceFor(Number(code));
}

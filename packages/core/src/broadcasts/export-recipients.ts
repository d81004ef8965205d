import type { ExportRecipientsInput, RecipientView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { byteOrderMark, safeCsvLine } from "../csv/csv-line.ts";
import type { TenantContext } from "../tenant-context.ts";
import { describeFailure } from "./describe-failure.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { findRecipients } from "./list-recipients.ts";

const pageRows = 2_000;

const columns: [header: string, value: (recipient: RecipientView) => string | null][] = [
  ["phone", ({ phone }) => phone],
  ["name", ({ name }) => name],
  ["status", ({ status }) => status],
  ["sent at", ({ sentAt }) => sentAt],
  ["delivered at", ({ deliveredAt }) => deliveredAt],
  ["read at", ({ readAt }) => readAt],
  ["replied at", ({ repliedAt }) => repliedAt],
  ["failed at", ({ failedAt }) => failedAt],
  ["error code", ({ errorCode }) => errorCode],
  ["error", ({ errorCode }) => (errorCode === null ? null : describeFailure(errorCode).title)],
  ["details", ({ errorDetails, errorTitle }) => errorDetails ?? errorTitle],
  ["wamid", ({ wamid }) => wamid],
  ["billable", ({ billable }) => (billable === null ? null : String(billable))],
  ["pricing category", ({ pricingCategory }) => pricingCategory],
];

/**
 * Returns each recipient's outcome as CSV text, page by page, so that memory doesn't grow with the
 * number of recipients. Rejects before the first page if the broadcast doesn't exist.
 * @throws DomainError `not_found` if the organization has no such broadcast
 */
export async function exportRecipients(
  ctx: TenantContext,
  broadcastId: string,
  filter: ExportRecipientsInput,
): Promise<AsyncIterable<string>> {
  await getBroadcast(ctx, broadcastId);
  return readPages(ctx, broadcastId, filter);
}

async function* readPages(
  ctx: TenantContext,
  broadcastId: string,
  filter: ExportRecipientsInput,
): AsyncGenerator<string> {
  yield byteOrderMark + safeCsvLine(columns.map(([header]) => header));
  let after: string | undefined;
  for (;;) {
    const page = { ...filter, broadcastId, after, limit: pageRows };
    const recipients = await withTenant(ctx.db, ctx.organizationId, (trx) =>
      findRecipients(trx, ctx.organizationId, page),
    );
    yield recipients
      .map((recipient) => safeCsvLine(columns.map(([, value]) => value(recipient) ?? "")))
      .join("");
    after = recipients.at(-1)?.id;
    if (recipients.length < pageRows) return;
  }
}

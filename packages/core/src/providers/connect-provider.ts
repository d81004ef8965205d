import { randomBytes } from "node:crypto";
import type {
  ConnectProviderInput,
  ProviderWithWarnings,
} from "@loudhailer/contracts/providers.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";
import { inspectNumber } from "./inspect-number.ts";
import { columnsOf, messagesPerSecondOf, numberWarnings, tokenWarnings } from "./number-limits.ts";
import type { ProviderContext } from "./provider-context.ts";
import { toProviderView, type ProviderRow } from "./provider-view.ts";
import { refuseNumber } from "./refuse-number.ts";

const verifyTokenBytes = 24;
const phoneNumberTaken = "whatsapp_providers_phone_number_id_key";

/**
 * Checks the number, account and token with Meta, subscribes the app, then saves the number with
 * its token encrypted. Saves nothing on any failure. A number that another organization has, but
 * that is disconnected there, moves: its history stays there, and its broadcasts stay paused.
 * @throws DomainError `conflict` if this organization has the number, or another one has connected it
 * @throws DomainError `refused_by_meta` or `invalid_input` if Meta doesn't accept the input
 * @throws DomainError `meta_unavailable` if Meta can't be reached or asks to wait
 */
export async function connectProvider(
  ctx: ProviderContext,
  input: ConnectProviderInput,
): Promise<ProviderWithWarnings> {
  await refuseOwnDuplicate(ctx, input.phoneNumberId);
  const access = { ...input, appSecret: input.appSecret ?? null };
  const { number, portfolioId, tokenExpiresAt, problems } = await inspectNumber(ctx.graph, access);
  const [problem] = problems;
  if (problem) throw refuseNumber(problem);
  if (number === null) throw new Error("an inspection without a number has a problem");
  try {
    const row = await insertProvider(ctx, input, {
      ...columnsOf(number),
      portfolio_id: portfolioId,
      access_token_expires_at: tokenExpiresAt,
    });
    const warnings = [...numberWarnings(number), ...tokenWarnings(tokenExpiresAt)];
    return { ...toProviderView(row, ctx.webhookUrl), warnings };
  } catch (error) {
    const failure = classifyDatabaseFailure(error);
    if (failure.kind !== "conflict" || failure.constraint !== phoneNumberTaken) throw error;
    throw alreadyConnected();
  }
}

// This only avoids requests to Meta. The unique constraint decides, across all organizations.
async function refuseOwnDuplicate(ctx: ProviderContext, phoneNumberId: string): Promise<void> {
  const existing = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("whatsapp_providers")
      .select("id")
      .where("organization_id", "=", ctx.organizationId)
      .where("phone_number_id", "=", phoneNumberId)
      .where("moved_at", "is", null)
      .executeTakeFirst(),
  );
  if (existing) throw alreadyConnected();
}

function alreadyConnected(): DomainError {
  return new DomainError(
    "conflict",
    "This phone number is already connected. A number can be connected only once: remove it where it is, or change its settings there. It can be connected by another organization once its connection there no longer works.",
  );
}

function insertProvider(
  ctx: ProviderContext,
  input: ConnectProviderInput,
  seen: ReturnType<typeof columnsOf> & {
    portfolio_id: string | null;
    access_token_expires_at: Date | null;
  },
): Promise<ProviderRow> {
  const messagesPerSecond = messagesPerSecondOf(seen.throughput_level);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    // Of two organizations that take it at once, the second finds nothing to take, and its insert
    // conflicts.
    await sql`select take_disconnected_number(${input.phoneNumberId})`.execute(trx);
    const row = await trx
      .insertInto("whatsapp_providers")
      .values({
        ...seen,
        organization_id: ctx.organizationId,
        phone_number_id: input.phoneNumberId,
        waba_id: input.wabaId,
        access_token: encryptSecret(ctx.keyring, input.accessToken),
        app_secret: input.appSecret ? encryptSecret(ctx.keyring, input.appSecret) : null,
        webhook_verify_token: randomBytes(verifyTokenBytes).toString("base64url"),
        messages_per_second: messagesPerSecond,
        current_messages_per_second: messagesPerSecond,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: "provider.connected", targetId: row.id });
    return row;
  });
}

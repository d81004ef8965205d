import type { Preflight } from "@loudhailer/contracts/broadcasts.ts";
import type { WhatsappBroadcastsTable, WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { sql, type Selectable } from "kysely";
import { DomainError } from "../domain-error.ts";
import { checkMedia } from "../media/check-media.ts";
import { fetchNamedProvider } from "../providers/fetch-provider.ts";
import { boundCounting } from "../segments/bound-counting.ts";
import { checkSegment } from "../segments/check-segment.ts";
import type { TenantContext } from "../tenant-context.ts";
import {
  checkVariables,
  fetchApprovedTemplate,
  fetchTemplate,
  refuseNumberThatIsOut,
  refuseOtherAccount,
  snapshotOf,
} from "./check-content.ts";
import { countAudience, sampleAudience, type AudienceCounts } from "./count-audience.ts";
import { preflightWarnings, readLimit } from "./preflight-warnings.ts";
import { throwWrongState } from "./wrong-state.ts";

type Problem = Preflight["problems"][number];
const emptyCounts: AudienceCounts = { recipients: 0, skipped: [], northAmerica: 0 };

/**
 * Returns what launching a draft or scheduled broadcast now would do, without changing anything.
 * The result lists all problems that prevent the launch at once.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was launched
 */
export function preflightBroadcast(ctx: TenantContext, broadcastId: string): Promise<Preflight> {
  const { organizationId } = ctx;
  return withTenant(ctx.db, organizationId, async (trx) => {
    const broadcast = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("organization_id", "=", organizationId)
      .where("id", "=", broadcastId)
      .where("status", "in", ["draft", "scheduled"])
      .selectAll()
      .executeTakeFirst();
    if (!broadcast) return throwWrongState(trx, organizationId, broadcastId, "checked");
    await boundCounting(trx);
    const { problems, ...found } = await findProblems(trx, organizationId, broadcast);
    const audience = { organizationId, segmentCriteria: broadcast.segment_criteria };
    const isSegmentGood = !problems.some(({ path }) => path.startsWith("segmentCriteria"));
    const template = found.compiles
      ? { snapshot: found.snapshot, variables: broadcast.variables }
      : null;
    const counts = isSegmentGood ? await countAudience(trx, audience, template) : emptyCounts;
    if (isSegmentGood && counts.recipients === 0) {
      problems.push({ path: "segmentCriteria", message: "Nobody would get the message." });
    }
    const limit = await readLimit(trx, found.provider, counts.recipients);
    return {
      canLaunch: problems.length === 0,
      problems,
      warnings: preflightWarnings({ ...found, counts, limit }),
      recipients: counts.recipients,
      skipped: counts.skipped,
      expectedDurationSeconds: await expectedSeconds(trx, organizationId, found.provider, counts),
      messagingLimit: limit,
      samples: isSegmentGood && template ? await sampleAudience(trx, audience, template) : [],
    };
  });
}

async function findProblems(
  trx: TenantDb,
  organizationId: string,
  broadcast: Selectable<WhatsappBroadcastsTable>,
) {
  const problems: Problem[] = [];
  const attempt = async <T>(path: string, check: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      problems.push(...problemsOf(path, error));
      return null;
    }
  };
  const { provider_id: providerId, template_id: templateId } = broadcast;
  const required = { providerId, templateId, segmentCriteria: broadcast.segment_criteria };
  for (const [path, value] of Object.entries(required)) {
    if (value === null) problems.push({ path, message: "is required" });
  }
  const provider = providerId
    ? await attempt("providerId", () => fetchNamedProvider(trx, organizationId, providerId))
    : null;
  if (provider) await attempt("providerId", () => refuseNumberThatIsOut(provider, undefined));
  const template = templateId
    ? await attempt("templateId", () => fetchTemplate(trx, organizationId, templateId))
    : null;
  if (template) {
    await attempt("templateId", () =>
      fetchApprovedTemplate(trx, organizationId, { templateId: template.id }),
    );
  }
  if (provider && template)
    await attempt("templateId", () => refuseOtherAccount(provider, template));
  const snapshot = template && snapshotOf(template);
  const fits =
    snapshot &&
    (await attempt("variables", () => {
      checkVariables(snapshot, broadcast.variables);
      return true;
    }));
  if (snapshot && fits && providerId) {
    const number = { organizationId, providerId };
    await attempt("variables", () => checkMedia(trx, number, snapshot, broadcast.variables));
  }
  if (broadcast.segment_criteria !== null) {
    await attempt("segmentCriteria", () =>
      checkSegment(trx, organizationId, broadcast.segment_criteria),
    );
  }
  const category = template?.category ?? null;
  return snapshot && fits
    ? { problems, provider, category, compiles: true as const, snapshot }
    : { problems, provider, category, compiles: false as const };
}

function problemsOf(path: string, { message, details }: DomainError): Problem[] {
  const hasFields = isRecord(details) && "fields" in details;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form that every DomainError with fields has
  const fields = hasFields ? (details["fields"] as Problem[]) : [];
  if (fields.length === 0) return [{ path, message }];
  return fields.map((field) => ({ path: field.path, message: field.message }));
}

/**
 * Returns the seconds until the recipients are sent to at the number's current rate, after what the
 * number still has to send. Null if the broadcast has no valid number.
 */
async function expectedSeconds(
  trx: TenantDb,
  organizationId: string,
  provider: Selectable<WhatsappProvidersTable> | null,
  { recipients }: AudienceCounts,
): Promise<number | null> {
  if (!provider) return null;
  const { waiting } = await trx
    .selectFrom("counted_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("provider_id", "=", provider.id)
    .where("status", "in", ["preparing", "sending"])
    .select(
      sql<string>`coalesce(sum(total_recipients - successful_sends - failed_sends - skipped_count
        - unknown_count - canceled_count), 0)`.as("waiting"),
    )
    .executeTakeFirstOrThrow();
  return Math.ceil((Number(waiting) + recipients) / provider.current_messages_per_second);
}

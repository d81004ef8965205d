import { z } from "zod";

const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
// Ids are strings in REST and numbers in webhooks.
const id = z.union([z.string().min(1), z.number().transform(String)]);

/** A business phone number. Fields that Meta omits are null. */
export const graphPhoneNumber = z
  .object({
    id,
    display_phone_number: text,
    verified_name: text,
    quality_rating: text,
    status: text,
    code_verification_status: text,
    name_status: text,
    platform_type: text,
    throughput: z.object({ level: text }).nullish().catch(null),
    whatsapp_business_manager_messaging_limit: text,
    messaging_limit_tier: text,
  })
  .transform((raw) => ({
    id: raw.id,
    displayPhoneNumber: raw.display_phone_number,
    verifiedName: raw.verified_name,
    qualityRating: raw.quality_rating,
    status: raw.status,
    codeVerificationStatus: raw.code_verification_status,
    nameStatus: raw.name_status,
    platformType: raw.platform_type,
    /** `STANDARD` (80/s) or `HIGH` (1,000/s). */
    throughputLevel: raw.throughput?.level ?? null,
    /** `TIER_250` …; taken from the old field if the new one is absent. */
    messagingLimit: raw.whatsapp_business_manager_messaging_limit ?? raw.messaging_limit_tier,
  }));
export type GraphPhoneNumber = z.output<typeof graphPhoneNumber>;

/**
 * Id of the business portfolio that owns a WhatsApp Business Account; null if Meta omits it. Meta's
 * spec lacks the field.
 */
export const graphWabaOwner = z
  .object({
    owner_business_info: z.object({ id }).nullish().catch(null),
  })
  .transform((raw) => raw.owner_business_info?.id ?? null);

/** Fields that `graphTemplate` reads. */
export const templateFields =
  "id,name,language,category,status,components,quality_score,rejected_reason,parameter_format";

/** A template as Meta returns it, with enums in upper case and unchanged `components`. */
export const graphTemplate = z
  .object({
    id,
    name: z.string(),
    language: z.string(),
    category: text,
    status: text,
    parameter_format: text,
    components: z.array(z.unknown()).nullish().catch(null),
    quality_score: z
      .union([z.object({ score: text }).transform((quality) => quality.score), text])
      .catch(null),
    rejected_reason: text,
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    language: raw.language,
    category: raw.category?.toUpperCase() ?? null,
    status: raw.status?.toUpperCase() ?? null,
    parameterFormat: parameterFormatOf(raw.parameter_format),
    components: raw.components ?? [],
    qualityScore: raw.quality_score?.toUpperCase() ?? null,
    rejectedReason: raw.rejected_reason,
  }));
export type GraphTemplate = z.output<typeof graphTemplate>;

function parameterFormatOf(raw: string | null): "POSITIONAL" | "NAMED" | null {
  const format = raw?.toUpperCase();
  return format === "POSITIONAL" || format === "NAMED" ? format : null;
}

/** Meta's information about an access token. The time is null if the token doesn't expire. */
export const graphToken = z
  .object({
    data: z.object({
      app_id: id.nullish().catch(null),
      is_valid: z.boolean().catch(false),
      // Meta sends 0 for "never".
      expires_at: z.number().nullish().catch(null),
      scopes: z.array(z.string()).nullish().catch(null),
    }),
  })
  .transform(({ data }) => ({
    appId: data.app_id ?? null,
    isValid: data.is_valid,
    expiresAt: data.expires_at ? new Date(data.expires_at * 1000) : null,
    scopes: data.scopes ?? [],
  }));
export type GraphToken = z.output<typeof graphToken>;

export const graphSuccess = z.object({ success: z.literal(true) });

/** One page of a Graph list. `after` is null on the last page. */
export const graphPage = z
  .object({
    data: z.array(z.unknown()),
    paging: z
      .object({
        cursors: z.object({ after: text }).nullish().catch(null),
        next: text,
      })
      .nullish()
      .catch(null),
  })
  .transform(({ data, paging }) => ({
    data,
    // Meta sends a cursor on the last page too; only `next` shows that there are more pages.
    after: paging?.next ? (paging.cursors?.after ?? null) : null,
  }));

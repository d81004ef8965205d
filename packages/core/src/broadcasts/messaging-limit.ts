const tier = /^TIER_(\d+)(K?)$/;

/**
 * People whom Meta lets a portfolio write to within 24 hours, by its field
 * `whatsapp_business_manager_messaging_limit` (`TIER_250`, `TIER_2K` …). Null where there is no
 * limit, or none that we know.
 */
export function peopleInLimit(messagingLimit: string | null): number | null {
  const [, digits, thousands] = tier.exec(messagingLimit?.toUpperCase() ?? "") ?? [];
  if (digits === undefined) return null;
  return Number(digits) * (thousands === "K" ? 1_000 : 1);
}

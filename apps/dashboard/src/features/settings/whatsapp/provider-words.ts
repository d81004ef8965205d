import type { Provider } from "../../../api/types.ts";

const limits: Record<string, number> = {
  TIER_50: 50,
  TIER_250: 250,
  TIER_1K: 1_000,
  TIER_2K: 2_000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
};

/**
 * Returns how many people Meta lets the business start to write to within 24 hours; null if there
 * is no limit or it is unknown.
 */
export function limitOf({ messagingLimit }: Pick<Provider, "messagingLimit">): number | null {
  return limits[messagingLimit ?? ""] ?? null;
}

/** Returns the messaging limit as text. */
export function limitWords(number: Pick<Provider, "messagingLimit">): string {
  if (number.messagingLimit === "TIER_UNLIMITED") return "No limit";
  const count = limitOf(number);
  if (count === null) return "Meta hasn't said yet";
  return `${count.toLocaleString("en")} people within 24 hours`;
}

const throughputs: Record<string, string> = {
  STANDARD: "Standard, up to 80 messages a second",
  HIGH: "High, up to 1,000 messages a second",
};

export function throughputWords(level: string | null): string {
  if (level === null) return "Meta hasn't said yet";
  return throughputs[level] ?? level.toLowerCase().replaceAll("_", " ");
}

const qualities: Record<string, string> = {
  GREEN: "High",
  YELLOW: "Medium: some people block or report your messages",
  RED: "Low: many people block or report your messages; Meta may lower your limit",
};

export function qualityWords(rating: string | null): string {
  return qualities[rating ?? ""] ?? "Not rated yet";
}

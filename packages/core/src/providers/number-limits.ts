import type { GraphPhoneNumber } from "@loudhailer/whatsapp/graph-objects.ts";

/** Rates that Meta allows by throughput level: every number has 80 until Meta raises it. */
const messagesPerSecondStandard = 80;
const messagesPerSecondHigh = 1_000;

export function messagesPerSecondOf(throughputLevel: string | null): number {
  return throughputLevel === "HIGH" ? messagesPerSecondHigh : messagesPerSecondStandard;
}

/** Returns a warning if the sending rate is above what Meta allows the number. */
export function rateWarnings(messagesPerSecond: number, throughputLevel: string | null): string[] {
  const allowed = messagesPerSecondOf(throughputLevel);
  if (messagesPerSecond <= allowed) return [];
  return [
    `Meta allows this number ${allowed} messages a second (throughput level ${throughputLevel ?? "STANDARD"}). Above it Meta refuses messages, and sending slows down by itself.`,
  ];
}

/** Returns a warning for each of Meta's answers that keeps the number from sending well. */
export function numberWarnings(number: GraphPhoneNumber): string[] {
  const warnings: string[] = [];
  if (number.status !== null && number.status !== "CONNECTED") {
    warnings.push(
      `Meta says this number is ${number.status}: it can't send until it is registered in WhatsApp Manager.`,
    );
  }
  if (number.qualityRating === "RED") {
    warnings.push("Meta rates this number's quality RED: it may soon be limited.");
  }
  return warnings;
}

/** Returns a warning if the token expires, which ends all sending. */
export function tokenWarnings(expiresAt: Date | null): string[] {
  if (expiresAt === null) return [];
  return [
    `This access token ends on ${expiresAt.toISOString().slice(0, 10)}, and sending with it: give the number a permanent token of a system user.`,
  ];
}

/** Returns the columns that Meta's answer fills. */
export function columnsOf(number: GraphPhoneNumber) {
  const digits = number.displayPhoneNumber?.replaceAll(/\D/g, "") ?? "";
  return {
    phone_number: digits === "" ? null : `+${digits}`,
    display_name: number.verifiedName,
    quality_rating: number.qualityRating,
    throughput_level: number.throughputLevel,
    messaging_limit: number.messagingLimit,
    // Keeps the status from the webhooks if Meta doesn't return one.
    ...(number.nameStatus !== null && { name_status: number.nameStatus }),
  };
}

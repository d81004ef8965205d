import {
  preflightWarning,
  type Preflight,
  type PreflightWarning,
} from "@loudhailer/contracts/broadcasts.ts";
import type { WhatsappProvidersTable } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import type { Selectable } from "kysely";
import { messagingLimitUsed, peopleInLimit } from "../providers/messaging-limit.ts";
import type { AudienceCounts } from "./count-audience.ts";

type Provider = Selectable<WhatsappProvidersTable> | null;
type Limit = Preflight["messagingLimit"];

/** Returns the portfolio's messaging limit and whether `recipients` would exceed the rest of it. */
export async function readLimit(
  trx: TenantDb,
  provider: Provider,
  recipients: number,
): Promise<Limit> {
  const limit = peopleInLimit(provider?.messaging_limit ?? null);
  const used = provider ? await messagingLimitUsed(trx, provider.id) : 0;
  const remaining = limit === null ? null : Math.max(0, limit - used);
  return { limit, used, remaining, wouldWait: remaining !== null && recipients > remaining };
}

interface Facts {
  provider: Provider;
  category: string | null;
  counts: AudienceCounts;
  limit: Limit;
}

/** Returns the message of each warning; null if there is nothing to warn of. */
const messages: Record<PreflightWarning, (facts: Facts) => string | null> = {
  messaging_limit: ({ limit }) =>
    limit.wouldWait
      ? `Meta lets your business write to ${limit.limit} people within 24 hours, of whom ${limit.remaining} are left. The broadcast waits at the limit and goes on by itself.`
      : null,
  quality: ({ provider }) =>
    provider?.quality_rating === "RED" || provider?.quality_rating === "YELLOW"
      ? `Meta rates the number's quality ${provider.quality_rating}: people block or report its messages. Send to fewer people, or to those who answered lately.`
      : null,
  number_held: ({ provider }) =>
    provider?.held_until && provider.held_until.getTime() > Date.now()
      ? "The number rests for a moment, as Meta asked; sending begins after that."
      : null,
  throttled: ({ provider }) =>
    provider && provider.current_messages_per_second < provider.messages_per_second
      ? `Meta holds the number back: it sends ${provider.current_messages_per_second} messages a second now, and comes back to ${provider.messages_per_second} by itself.`
      : null,
  us_marketing: ({ category, counts }) =>
    category === "MARKETING" && counts.northAmerica > 0
      ? `${counts.northAmerica} numbers begin with +1: Meta delivers no marketing messages to numbers of the United States.`
      : null,
};

/** Returns warnings about possible surprises that don't prevent the launch. */
export function preflightWarnings(facts: Facts): Preflight["warnings"] {
  return preflightWarning.options.flatMap((code) => {
    const message = messages[code](facts);
    return message === null ? [] : { code, message };
  });
}

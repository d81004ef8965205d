import { randomInt } from "node:crypto";
import { inject } from "vitest";
import { z } from "zod";
import type { Session } from "./session.ts";

/** Number at the simulator, with the values that connect it. */
export interface SimulatedNumber {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  appSecret: string;
}

const { simulatorUrl } = inject("stand");
const digits = (): string => `1${randomInt(10 ** 13, 10 ** 14)}`;

/**
 * Adds a number that accepts 1,000 messages per second, in its own WhatsApp Business Account.
 * @throws Error if the simulator refuses it
 */
export async function addSimulatedNumber(): Promise<SimulatedNumber> {
  const id = digits();
  const number = {
    phoneNumberId: id,
    wabaId: digits(),
    accessToken: `token-${id}`,
    appSecret: `secret-${id}`,
  };
  await tellSimulator("/_numbers", { ...number, messagesPerSecond: 1_000 });
  return number;
}

/**
 * Connects a new number to the session's organization, as the connect form does, and syncs its
 * templates.
 */
export async function connectNumber(session: Session): Promise<SimulatedNumber & { id: string }> {
  const number = await addSimulatedNumber();
  const { id } = await session.call<{ id: string }>("POST", "/v1/whatsapp-providers", number);
  await session.call("POST", "/v1/templates/sync", {});
  return { ...number, id };
}

/**
 * Configures the simulator: failures, outcomes of phone numbers, expired tokens.
 * @throws Error if the simulator refuses the settings
 */
export async function tellSimulator(path: string, body: object): Promise<void> {
  const answer = await fetch(simulatorUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

const ledgerPage = z.object({
  items: z.array(
    z.object({
      to: z.string(),
      outcome: z.string(),
      errorCode: z.number().nullable(),
      phoneNumberId: z.string(),
    }),
  ),
  next: z.union([z.string(), z.number()]).nullable(),
});
type LedgerEntry = z.infer<typeof ledgerPage>["items"][number];

/** Returns the messages that the simulator accepted from this number, with their outcomes. */
export async function readLedger(phoneNumberId: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  let after: string | number | null = null;
  do {
    const query: string = after === null ? "" : `&after=${after}`;
    const answer = await fetch(`${simulatorUrl}/_ledger/messages?limit=10000${query}`);
    const page = ledgerPage.parse(await answer.json());
    entries.push(...page.items);
    after = page.next;
  } while (after !== null);
  return entries.filter((entry) => entry.phoneNumberId === phoneNumberId);
}

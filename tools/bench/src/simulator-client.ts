import { z } from "zod";

const counts = z.record(z.string(), z.number());

/** The simulator's ledger of one number; times in milliseconds since the epoch. */
const numberSchema = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  refused: counts,
  maxPerSecond: z.number(),
  first: z.number().nullable(),
  last: z.number().nullable(),
});
type NumberLedger = z.infer<typeof numberSchema>;

const ledgerSchema = z.object({
  accepted: z.number(),
  numbers: z.record(z.string(), numberSchema),
  pendingWebhooks: z.number(),
});

const pageSchema = z.object({
  items: z.array(
    z.object({
      to: z.string(),
      callbackData: z.string().nullable(),
      acceptedAt: z.number(),
      /** Meta's code if the message fails after it was accepted. */
      errorCode: z.number().nullable(),
      phoneNumberId: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
export type AcceptedMessage = z.infer<typeof pageSchema>["items"][number];

export interface SimulatedNumber {
  phoneNumberId: string;
  wabaId?: string;
  /** Limit that the simulator enforces; 0 means no limit. */
  messagesPerSecond?: number;
  hang?: boolean;
}

/** Client for the simulator's own routes: its ledger, faults, and numbers. */
export interface SimulatorClient {
  /** Adds a number, or changes an existing one. */
  setNumber(number: SimulatedNumber): Promise<void>;
  control(change: object): Promise<void>;
  ledger(): Promise<z.infer<typeof ledgerSchema>>;
  numberLedger(phoneNumberId: string): Promise<NumberLedger>;
  /** Returns the number's accepted messages, skipping the first `after` messages of all numbers. */
  accepted(phoneNumberId: string, after?: number): Promise<AcceptedMessage[]>;
}

export function createSimulatorClient(url: string): SimulatorClient {
  const call = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the simulator refused ${path}: ${await response.text()}`);
    return response.json();
  };
  const ledger = async () => ledgerSchema.parse(await call("/_ledger"));
  return {
    async setNumber(number) {
      // Differs from every recipient's number: Meta refuses messages from a number to itself.
      const displayPhoneNumber = `+4930${number.phoneNumberId.padStart(8, "0")}`;
      await call("/_numbers", { ...number, displayPhoneNumber });
    },
    control: async (change) => void (await call("/_control", change)),
    ledger,
    numberLedger: async (phoneNumberId) =>
      numberSchema.parse((await ledger()).numbers[phoneNumberId]),
    async accepted(phoneNumberId, after = 0) {
      const found: AcceptedMessage[] = [];
      for (let next: string | null = String(after); next !== null;) {
        const page = pageSchema.parse(await call(`/_ledger/messages?limit=10000&after=${next}`));
        found.push(...page.items.filter((item) => item.phoneNumberId === phoneNumberId));
        next = page.next;
      }
      return found;
    },
  };
}

import { z } from "zod";

const ledgerSchema = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  maxPerSecond: z.number(),
  statuses: z.object({ delivered: z.number(), read: z.number(), failed: z.number() }),
  pendingWebhooks: z.number(),
});

/** The simulator's record of the messages it received and the statuses it reported. */
export type Ledger = z.infer<typeof ledgerSchema>;

/** Returns the current ledger. */
export async function readLedger(simulatorUrl: string): Promise<Ledger> {
  const response = await fetch(`${simulatorUrl}/_ledger`);
  return ledgerSchema.parse(await response.json());
}

import { z } from "zod";
import { storedCode } from "./narrow-to.ts";

/** Error codes of Loudhailer's own for recipients. All other codes are Meta's: `131026`. */
export const ownRecipientCodes = [
  "merged_contact",
  "contact_deleted",
  "missing_variable",
  "opted_out",
  "no_answer",
  "dispatcher_lost",
  "not_sent",
] as const;
export type OwnRecipientCode = (typeof ownRecipientCodes)[number];

/** Error code of a recipient. */
export type RecipientCode = OwnRecipientCode | `${number}`;

export const recipientErrorCode = storedCode(z.enum(ownRecipientCodes))
  .nullable()
  .describe("Meta's code, or one of ours");

import type { FailureView } from "@loudhailer/contracts/broadcasts.ts";
import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import { ownRecipientCodes, type OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import {
  adviceFor,
  dispositionOf,
  isKnownCode,
  ruleFor,
} from "@loudhailer/whatsapp/error-taxonomy.ts";

type Words = Pick<FailureView, "title" | "advice" | "nextStep">;

/** Texts for Loudhailer's own codes; those for Meta's codes are in the taxonomy. */
const ownWords: Record<OwnRecipientCode, Words> = {
  merged_contact: {
    title: "The same person as another recipient",
    advice:
      "Two contacts turned out to be one person, who gets the message once. There is nothing to do.",
    nextStep: "none",
  },
  contact_deleted: {
    title: "The contact was deleted",
    advice: "These contacts were deleted before the message left. There is nothing to do.",
    nextStep: "none",
  },
  missing_variable: {
    title: "A value is missing",
    advice:
      "These contacts lack a value that the template needs. Fill it in, or give the variable a fallback.",
    nextStep: "fix_contacts",
  },
  opted_out: {
    title: "Opted out",
    advice: "These contacts opted out after the launch, so nothing was sent to them.",
    nextStep: "none",
  },
  no_answer: {
    title: "Meta's answer never came",
    advice:
      "The message may have left, but Meta's answer never came. Meta's webhook usually settles it within minutes.",
    nextStep: "resend_unknown",
  },
  dispatcher_lost: {
    title: "Sending was interrupted",
    advice:
      "The process that sent it ended before Meta's answer. Meta's webhook usually settles it within minutes.",
    nextStep: "resend_unknown",
  },
  not_sent: {
    title: "Meta could not be reached",
    advice: "Meta could not be reached after several tries; nothing was sent. Try again.",
    nextStep: "retry_failed",
  },
};

/**
 * Describes a failure's code, Meta's or Loudhailer's own, for a marketer, with what to do. Shows a
 * code of Loudhailer's that only a newer version knows as it is.
 */
export function describeFailure(errorCode: string | null): Words {
  const own = narrowTo(ownRecipientCodes, errorCode);
  if (own !== null) return ownWords[own];
  const code = Number(errorCode);
  if (errorCode !== null && Number.isNaN(code)) {
    return { title: errorCode, advice: "This version doesn't know the code.", nextStep: "none" };
  }
  if (errorCode === null || !isKnownCode(code)) {
    return { title: "Refused by Meta", advice: adviceFor(code), nextStep: "retry_failed" };
  }
  return { title: ruleFor(code).title, advice: adviceFor(code), nextStep: nextStepOf(code) };
}

function nextStepOf(code: number): Words["nextStep"] {
  const disposition = dispositionOf(code);
  switch (disposition.kind) {
    case "opt-out-recipient":
      return "none";
    case "fail-recipient":
      return disposition.lasting ? "none" : "retry_failed";
    case "fail-row":
      return "fix_contacts";
    case "hold-recipient":
    case "retry-recipient":
    case "retry":
    case "throttle-number":
    case "hold-number":
    case "pause-number":
    case "stop-number":
    case "pause-provider":
    case "pause-waba":
    case "pause-template":
      return "retry_failed";
    default:
      return disposition satisfies never;
  }
}

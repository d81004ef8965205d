import { failureRules } from "./error-table.ts";

/** The scope of an error: how far its consequence reaches. */
export type FailureScope =
  | "recipient"
  | "pair"
  | "number"
  | "token"
  | "waba"
  | "template"
  | "row"
  | "platform";

/** Reaction to a failure. Decide with a `switch` on `kind` that ends in `assertNever`. */
export type Disposition =
  /** Final for this recipient. `lasting`: another message to this contact would fail too. */
  | { kind: "fail-recipient"; lasting: boolean }
  /** The contact stopped marketing messages in WhatsApp: opt the contact out. */
  | { kind: "opt-out-recipient" }
  /** No marketing to this recipient for `hoursMin` hours or more: fail, or retry afterwards. */
  | { kind: "hold-recipient"; hoursMin: number }
  /** Only this recipient waits `delaySecondsBase` ** n seconds (n = 0, 1, 2 …), not the number. */
  | { kind: "retry-recipient"; delaySecondsBase: number }
  /** Trouble at Meta: exponential backoff with jitter, a bounded number of attempts. */
  | { kind: "retry" }
  /** Too fast: requeue without using up an attempt and lower the number's rate. */
  | { kind: "throttle-number" }
  /** The number sends nothing for `ms` milliseconds; requeue without using up an attempt. */
  | { kind: "hold-number"; ms: number }
  /** The number sends nothing until an operator resumes it (hours to days). */
  | { kind: "pause-number" }
  /** The number can't send until an operator fixes it at Meta. */
  | { kind: "stop-number" }
  /** The token doesn't work: no recipient fails, and sending continues with a new token. */
  | { kind: "pause-provider" }
  /** The WhatsApp Business Account can't send until an operator fixes it at Meta. */
  | { kind: "pause-waba" }
  /**
   * Pause the template's broadcasts and sync templates. With `whenMostRows`, fail this row and
   * pause only once most rows fail with this code.
   */
  | { kind: "pause-template"; whenMostRows: boolean }
  /** Fail this row; pause the broadcast once most rows fail with this code. */
  | { kind: "fail-row" };

export interface FailureRule {
  scope: FailureScope;
  disposition: Disposition;
  title: string;
  /** Short advice for a marketer: what the code means and what to do. */
  advice: string;
}

// A code in the table keeps its own rule, even if a range contains it.
const ranges: readonly { from: number; to: number; like: keyof typeof failureRules }[] = [
  { from: 200, to: 299, like: 10 },
  { from: 133005, to: 133010, like: 133010 },
];

// An unknown code says nothing about the next recipient. It fails this row with Meta's words. Once
// most rows fail with it, the broadcast pauses, as for every row error.
const unknownRule: FailureRule = {
  scope: "row",
  disposition: { kind: "fail-row" },
  title: "Refused by Meta",
  advice: "Meta refused the message for a reason new to us; its own words are shown beside it.",
};

const rules: ReadonlyMap<number, FailureRule> = new Map(
  Object.entries(failureRules).map(([code, rule]) => [Number(code), rule]),
);

/** Returns the rule that the table or a range has for Meta's code. */
function knownRule(code: number): FailureRule | undefined {
  const range = ranges.find(({ from, to }) => code >= from && code <= to);
  return rules.get(code) ?? (range && failureRules[range.like]);
}

/** Returns whether the table or a range has a rule for Meta's code. */
export function isKnownCode(code: number): boolean {
  return knownRule(code) !== undefined;
}

/**
 * Returns the rule for Meta's code. Subcode 33 of code 100 is a deleted phone number; the template
 * edit subcodes (2388…) of code 100 have their own rules. An unknown code fails the row.
 */
export function ruleFor(code: number, subcode?: number): FailureRule {
  return knownRule(decisiveCode(code, subcode)) ?? unknownRule;
}

/** Returns the subcode if it has a rule under code 100, otherwise the code. */
export function decisiveCode(code: number, subcode?: number): number {
  return code === 100 && subcode !== undefined && rules.has(subcode) ? subcode : code;
}

/** Returns the reaction to Meta's code, from a webhook or an answer. */
export function dispositionOf(code: number, subcode?: number): Disposition {
  return ruleFor(code, subcode).disposition;
}

/** Returns short advice for a marketer: what the code means and what to do. */
export function adviceFor(code: number, subcode?: number): string {
  return ruleFor(code, subcode).advice;
}

/**
 * Returns the reaction to a failed request: as `dispositionOf`, but an unknown code is retried if
 * Meta marks it as transient or answers with HTTP 5xx.
 */
export function dispositionOfFailure(failure: {
  code: number;
  subcode: number | undefined;
  httpStatus: number;
  transient: boolean;
}): Disposition {
  const isTransient = failure.transient || failure.httpStatus >= 500;
  if (isTransient && !isKnownCode(failure.code)) return { kind: "retry" };
  return dispositionOf(failure.code, failure.subcode);
}

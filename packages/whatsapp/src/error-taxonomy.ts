import { failureRules } from "./error-table.ts";

/** What an error speaks about: how far its consequence reaches. */
export type FailureScope =
  | "recipient"
  | "pair"
  | "number"
  | "token"
  | "waba"
  | "template"
  | "row"
  | "platform";

/** What to do about a failure. Decide with a `switch` on `kind` that ends in `assertNever`. */
export type Disposition =
  /** Final for this recipient; `lasting`: flag the contact, another message would fail too. */
  | { kind: "fail-recipient"; lasting: boolean }
  /** The user stopped marketing messages: opt the contact out. */
  | { kind: "opt-out-recipient" }
  /** Final for this broadcast; no marketing to this user for at least `hoursMin` hours. */
  | { kind: "hold-recipient"; hoursMin: number }
  /** This recipient alone waits `delaySecondsBase` ** n seconds, n = 0, 1, 2 …; the number goes on. */
  | { kind: "retry-recipient"; delaySecondsBase: number }
  /** Meta's own trouble: exponential backoff with jitter, a bounded number of attempts. */
  | { kind: "retry" }
  /** Too fast: requeue without using up an attempt, cut the number's rate. */
  | { kind: "throttle-number" }
  /** The number rests `ms` milliseconds; requeue without using up an attempt. */
  | { kind: "hold-number"; ms: number }
  /** The number rests until an operator resumes it (hours to days). */
  | { kind: "pause-number" }
  /** The number can't send until an operator repairs it at Meta. */
  | { kind: "stop-number" }
  /** The token doesn't work: nothing is failed; all goes on after a new token. */
  | { kind: "pause-provider" }
  /** The WhatsApp Business Account can't send until an operator repairs it at Meta. */
  | { kind: "pause-waba" }
  /** Pause the template's broadcasts, sync templates; with `whenMostRows`, fail this row and pause only once most rows give it. */
  | { kind: "pause-template"; whenMostRows: boolean }
  /** Fail this row; pause the broadcast when most rows give it. */
  | { kind: "fail-row" };

export interface FailureRule {
  scope: FailureScope;
  disposition: Disposition;
  title: string;
  /** One sentence for a marketer: what it means and what to do. */
  advice: string;
}

// A code that the table lists has its own rule, inside a range too.
const ranges: readonly { from: number; to: number; like: keyof typeof failureRules }[] = [
  { from: 200, to: 299, like: 10 },
  { from: 133005, to: 133010, like: 133010 },
];

// A code we don't know says nothing about the next recipient. Fail this row with Meta's words;
// when most rows give it, the broadcast pauses, as for every row error.
const unknownRule: FailureRule = {
  scope: "row",
  disposition: { kind: "fail-row" },
  title: "Refused by Meta",
  advice: "Meta refused the message for a reason new to us; its own words are shown beside it.",
};

const rules: ReadonlyMap<number, FailureRule> = new Map(
  Object.entries(failureRules).map(([code, rule]) => [Number(code), rule]),
);

/** Whether Meta's code is one we have a rule of its own for. */
export function isKnownCode(code: number): boolean {
  return rules.has(code) || ranges.some(({ from, to }) => code >= from && code <= to);
}

/**
 * The rule for Meta's code. Subcode 33 of code 100 is a deleted phone number; the template-edit
 * subcodes (2388…) of code 100 have rules of their own. A code not in the table: fail the row.
 */
export function ruleFor(code: number, subcode?: number): FailureRule {
  const rule = rules.get(decisiveCode(code, subcode));
  if (rule) return rule;
  const range = ranges.find(({ from, to }) => code >= from && code <= to);
  return range ? failureRules[range.like] : unknownRule;
}

/** Of a code and its subcode, the one that tells what happened. */
export function decisiveCode(code: number, subcode?: number): number {
  return code === 100 && subcode !== undefined && rules.has(subcode) ? subcode : code;
}

/** What to do about Meta's code, from a webhook or an answer. */
export function dispositionOf(code: number, subcode?: number): Disposition {
  return ruleFor(code, subcode).disposition;
}

/** One sentence for a marketer: what the code means and what to do. */
export function adviceFor(code: number, subcode?: number): string {
  return ruleFor(code, subcode).advice;
}

/** As `dispositionOf`; a code we don't know is retried where Meta says it is its own, passing trouble. */
export function dispositionOfFailure(failure: {
  code: number;
  subcode: number | undefined;
  httpStatus: number;
  transient: boolean;
}): Disposition {
  const passing = failure.transient || failure.httpStatus >= 500;
  if (passing && !isKnownCode(failure.code)) return { kind: "retry" };
  return dispositionOf(failure.code, failure.subcode);
}

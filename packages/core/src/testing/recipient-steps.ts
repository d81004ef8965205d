import * as fc from "fast-check";

/**
 * A step in the life of a small broadcast, as plain values, so that fast-check can print and shrink
 * it. `of` is the index of a recipient and wraps around after the last one; `back` counts that
 * recipient's claims or messages backward from the latest.
 */
export type Step =
  | { do: "claim"; by: Dispatcher; of: number[] }
  | { do: "settle"; items: { of: number; back: Back; as: Outcome }[] }
  | { do: "statuses"; items: { of: number; back: Back; as: Word; by: "callback" | "wamid" }[] }
  | { do: "release"; of: number; back: Back }
  | { do: "opt-out"; of: number }
  | { do: "merge"; of: number; into: number }
  | { do: "fail-over"; back: number }
  | { do: "beat" | "die"; dispatcher: Dispatcher }
  | { do: Simple };

const simples = [
  "sweep-dead",
  "sweep-canceled",
  "look-behind",
  "time-passes",
  "pause",
  "resume",
  "cancel",
  "complete",
  "retry-failed",
  "resend-unknown",
] as const;
/** A step that concerns a whole broadcast, all dispatchers, or time. */
export type Simple = (typeof simples)[number];

export function isSimple(step: { do: string }): step is { do: Simple } {
  return simples.some((simple) => simple === step.do);
}

type Dispatcher = 0 | 1;
/** Position from the latest; `foreign` is another program's message, or a claim lost long ago. */
export type Back = 0 | 1 | 2 | "foreign";
type Code = "131026" | "131049" | "131050";
/** The outcome of a send; `held` waits for an hour. */
export type Outcome = "sent" | "unknown" | "put-back" | "tried" | "held" | Code;
export type Word = "sent" | "delivered" | "read" | Code;

export const recipientsMax = 8;
const allIndexes = Array.from({ length: recipientsMax }, (_, index) => index);

const of = fc.nat(recipientsMax - 1);
const dispatcher = fc.constantFrom<Dispatcher>(0, 1);
const codes = ["131026", "131049", "131050"] as const;
const back = often<Back>(8, [0], 3, [1, 2, "foreign"]);
const outcome = often<Outcome>(3, ["sent", "unknown", "unknown", "put-back", "tried"], 2, [
  "held",
  ...codes,
]);
const word = often<Word>(1, ["sent", "delivered", "read"], 1, codes);
const by = fc.constantFrom("callback" as const, "callback" as const, "wamid" as const);

const settlement = fc.record({ of, back, as: outcome });
const status = fc.record({ of, back, as: word, by });
/** Settles all recipients at once, because a broadcast ends only when all are settled. */
const settlementOfAll = fc
  .array(outcome, { minLength: recipientsMax, maxLength: recipientsMax })
  .map((all) => all.map((as, index) => ({ of: index, back: 0 as const, as })));

/** A random step, weighted so that most of thirty steps find something they can move. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  weigh(14, { do: fc.constant("claim"), by: dispatcher, of: some() }),
  weigh(10, { do: fc.constant("settle"), items: batch(settlement) }),
  weigh(6, { do: fc.constant("settle"), items: settlementOfAll }),
  weigh(14, { do: fc.constant("statuses"), items: batch(status) }),
  weigh(3, { do: fc.constant("release"), of, back }),
  weigh(2, { do: fc.constant("opt-out"), of }),
  weigh(3, { do: fc.constant("merge"), of, into: of }),
  weigh(5, { do: fc.constant("die"), dispatcher }),
  weigh(3, { do: fc.constant("beat"), dispatcher }),
  weigh(8, { do: fc.constant("time-passes") }),
  weigh(4, { do: fc.constant("sweep-dead") }),
  weigh(4, { do: fc.constantFrom("look-behind", "sweep-canceled") }),
  weigh(4, { do: fc.constantFrom("pause", "resume", "resume") }),
  weigh(5, { do: fc.constant("retry-failed") }),
  weigh(9, { do: fc.constant("resend-unknown") }),
  weigh(4, { do: fc.constant("complete") }),
  weigh(2, { do: fc.constant("cancel") }),
);

/**
 * A random step that nothing else runs beside. At a failover the database goes back by some steps,
 * and no connection outlives it.
 */
export const stepAlone: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail-over"), back: fc.integer({ min: 1, max: 6 }) }),
  },
);

/** Steps after which every recipient must be settled, regardless of what happened before. */
export const lastSteps: Step[] = [
  { do: "beat", dispatcher: 0 },
  { do: "time-passes" },
  { do: "look-behind" },
  { do: "sweep-canceled" },
  { do: "resume" },
  { do: "claim", by: 0, of: allIndexes },
  { do: "settle", items: allIndexes.map((index) => ({ of: index, back: 0, as: "sent" })) },
  { do: "sweep-canceled" },
  { do: "complete" },
];

function some() {
  return fc.oneof(fc.constant(allIndexes), fc.shuffledSubarray(allIndexes, { minLength: 1 }));
}

function batch<T>(item: fc.Arbitrary<T>) {
  return fc.array(item, { minLength: 1, maxLength: recipientsMax });
}

function often<T>(weight: number, usual: readonly T[], otherWeight: number, others: readonly T[]) {
  return fc.oneof(
    { weight, arbitrary: fc.constantFrom(...usual) },
    { weight: otherWeight, arbitrary: fc.constantFrom(...others) },
  );
}

function weigh<T>(weight: number, fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return { weight, arbitrary: fc.record(fields) };
}

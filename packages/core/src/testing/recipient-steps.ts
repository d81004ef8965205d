import * as fc from "fast-check";

/**
 * What may happen to a small broadcast, as plain values, so that fast-check can print and shrink
 * it. `of` numbers recipients, beyond the last one over again; `back` counts claims or messages of
 * that recipient backwards from the latest.
 */
export type Step =
  | { do: "claim"; by: Dispatcher; of: number[] }
  | { do: "settle"; items: { of: number; back: Back; as: Outcome }[] }
  | { do: "statuses"; items: { of: number; back: Back; as: Word; by: "callback" | "wamid" }[] }
  | { do: "release"; of: number; back: Back }
  | { do: "opt-out"; of: number }
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
/** Of a broadcast as a whole, or of time. */
export type Simple = (typeof simples)[number];

export function isSimple(step: { do: string }): step is { do: Simple } {
  return simples.some((simple) => simple === step.do);
}

export type Dispatcher = 0 | 1;
/** `foreign`: a claim or a message that this recipient never had. */
export type Back = 0 | 1 | 2 | "foreign";
type Code = "131026" | "131049" | "131050";
/** `held` waits for an hour. */
export type Outcome = "sent" | "unknown" | "put-back" | "tried" | "held" | Code;
export type Word = "sent" | "delivered" | "read" | Code;

export const recipientsMax = 8;
const everybody = Array.from({ length: recipientsMax }, (_, index) => index);

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
/** A broadcast ends only when everybody is settled. */
const everybodysSettlement = fc
  .array(outcome, { minLength: recipientsMax, maxLength: recipientsMax })
  .map((all) => all.map((as, index) => ({ of: index, back: 0 as const, as })));

/** Weighted so that most of thirty steps meet something that they can move. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  weigh(14, { do: fc.constant("claim"), by: dispatcher, of: some() }),
  weigh(10, { do: fc.constant("settle"), items: batch(settlement) }),
  weigh(6, { do: fc.constant("settle"), items: everybodysSettlement }),
  weigh(14, { do: fc.constant("statuses"), items: batch(status) }),
  weigh(3, { do: fc.constant("release"), of, back }),
  weigh(2, { do: fc.constant("opt-out"), of }),
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

/** After these nobody may be left, whatever was before. */
export const lastSteps: Step[] = [
  { do: "beat", dispatcher: 0 },
  { do: "time-passes" },
  { do: "look-behind" },
  { do: "sweep-canceled" },
  { do: "resume" },
  { do: "claim", by: 0, of: everybody },
  { do: "settle", items: everybody.map((index) => ({ of: index, back: 0, as: "sent" })) },
  { do: "sweep-canceled" },
  { do: "complete" },
];

function some() {
  return fc.oneof(fc.constant(everybody), fc.shuffledSubarray(everybody, { minLength: 1 }));
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

import { expect, test } from "vitest";
import { defaultOptions, faultsSchema, type Faults } from "../options.ts";
import { decideOutcome } from "./decide-outcome.ts";

const faults = (changed: Partial<Faults>): Faults => ({
  ...faultsSchema.strip().parse(defaultOptions),
  ...changed,
});

const phones = Array.from({ length: 20_000 }, (_, n) => 4_915_100_000_000 + n);

const decideAll = (changed: Partial<Faults>, seed = 1, isMarketing = true) => {
  const all = faults(changed);
  return phones.map((phone) => decideOutcome(phone, isMarketing, all, seed));
};

const mixed = {
  undeliverable: 0.1,
  optedOut: 0.05,
  marketingCapped: 0.05,
  cutAfter: 0.1,
  held: 0.1,
};

test("decideOutcome repeats its decisions for the same seed and changes them for another", () => {
  expect(decideAll(mixed, 7)).toEqual(decideAll(mixed, 7));
  expect(decideAll(mixed, 7)).not.toEqual(decideAll(mixed, 8));
});

test("decideOutcome meets every share within one percentage point of the recipients", () => {
  const decisions = decideAll({
    ...mixed,
    cutBefore: 0.2,
    hangBefore: 0.15,
    hangAfter: 0.05,
    slow: 0.3,
    readShare: 0.6,
  });
  const share = (isHit: (decision: (typeof decisions)[number]) => boolean): number =>
    decisions.filter(isHit).length / decisions.length;
  const code = (wanted: number) => (d: (typeof decisions)[number]) =>
    d.replyCode === wanted || d.statusCode === wanted;
  expect(share(code(131026))).toBeCloseTo(0.1, 1.7);
  expect(share(code(131050))).toBeCloseTo(0.05, 1.7);
  expect(share(code(131049))).toBeCloseTo(0.05, 1.7);
  const loss = (how: string, when: string) => (d: (typeof decisions)[number]) =>
    d.loss?.how === how && d.loss.when === when;
  expect(share(loss("cut", "before"))).toBeCloseTo(0.2, 1.7);
  expect(share(loss("cut", "after"))).toBeCloseTo(0.1, 1.7);
  expect(share(loss("hang", "before"))).toBeCloseTo(0.15, 1.7);
  expect(share(loss("hang", "after"))).toBeCloseTo(0.05, 1.7);
  expect(share((d) => d.isHeld)).toBeCloseTo(0.1, 1.7);
  expect(share((d) => d.isSlow)).toBeCloseTo(0.3, 1.7);
  expect(share((d) => d.isRead)).toBeCloseTo(0.6, 1.7);
});

test("decideOutcome puts 131026 mostly in a status, and 131049 and 131050 only in a status", () => {
  const decisions = decideAll(mixed);
  const inReply = decisions.filter((d) => d.replyCode !== 0);
  expect(new Set(inReply.map((d) => d.replyCode))).toEqual(new Set([131026]));
  const inStatus = decisions.filter((d) => d.statusCode === 131026);
  expect(inReply.length).toBeLessThan(inStatus.length / 4);
});

test("decideOutcome gives 131049 and 131050 to marketing messages only", () => {
  const codes = new Set(decideAll(mixed, 1, false).map((d) => d.statusCode));
  expect(codes).toEqual(new Set([0, 131026]));
});

test("decideOutcome delivers every message when there are no faults", () => {
  const decisions = decideAll({});
  expect(decisions.every((d) => d.statusCode === 0 && d.replyCode === 0 && !d.loss)).toBe(true);
});

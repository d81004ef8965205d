import { dispositionOf } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";
import { describe, expect, test } from "vitest";
import { decideSettlement, type Circumstances } from "./decide-settlement.ts";

function refused(code: number): SendOutcome {
  return {
    kind: "refused",
    error: {
      code,
      title: "Meta's words",
      message: `(#${code}) Meta's words`,
      httpStatus: 400,
      disposition: dispositionOf(code),
    },
  };
}

function decide(outcome: SendOutcome, attempts = 1, circumstances: Partial<Circumstances> = {}) {
  return decideSettlement(
    { id: "7", attemptId: "c", attempts },
    outcome,
    { marketingCap: "fail", isMetaAway: false, ...circumstances },
    () => 0.5,
  );
}

describe("a send without an answer", () => {
  test("is settled as unknown and never retried", () => {
    const { settlement } = decide({ kind: "unknown", reason: "timeout" });
    expect(settlement).toMatchObject({ status: "unknown" });
  });
});

describe("a message that certainly was not sent", () => {
  test("is retried a second later, uses up no attempt, and doesn't hold the number", () => {
    const outcome: SendOutcome = { kind: "not-sent", reason: "connection refused" };
    expect(decide(outcome, 9)).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false, delayMs: 1_000 },
      consequence: null,
    });
  });
});

describe("a refusal", () => {
  test.each([131026, 131049, 131050, 100, 132005, 999_999])(
    "fails only its recipient with code %i",
    (code) => {
      expect(decide(refused(code))).toMatchObject({
        settlement: { status: "failed", error: { code: String(code) } },
        consequence: null,
      });
    },
  );

  test.each([1, 2, 131000, 131016])(
    "retries with growing pauses, then fails, when code %i reports Meta's own trouble",
    (code) => {
      const settled = (attempts: number) => decide(refused(code), attempts).settlement;
      expect(settled(1)).toMatchObject({
        status: "pending",
        delayMs: 1_000,
        countsAsAttempt: true,
      });
      expect(settled(4)).toMatchObject({ status: "pending", delayMs: 64_000 });
      expect(settled(5)).toMatchObject({ status: "failed" });
    },
  );

  test("uses up no attempt and fails no recipient while Meta doesn't answer", () => {
    expect(decide(refused(131000), 5, { isMetaAway: true })).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
    });
  });

  test("waits a day with code 131049 when the broadcast says so, and fails after two days", () => {
    const waits = { marketingCap: "retry_after_24h" } as const;
    expect(decide(refused(131049), 1, waits).settlement).toMatchObject({
      status: "pending",
      delayMs: 86_400_000,
    });
    expect(decide(refused(131049), 3, waits).settlement).toMatchObject({ status: "failed" });
  });

  test.each([100, 132_000, 132_012, 132_005])("counts as a refused row with code %i", (code) => {
    expect(decide(refused(code))).toMatchObject({
      settlement: { status: "failed" },
      isRowRefused: true,
    });
  });

  test("makes the recipient wait 1, 4, 16 … seconds with code 131056", () => {
    expect(decide(refused(131056), 2)).toMatchObject({
      settlement: { status: "pending", delayMs: 4_000 },
      consequence: null,
    });
  });

  test("uses up no attempt and throttles the number with code 130429", () => {
    expect(decide(refused(130429), 5)).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "throttle-number" },
    });
  });

  test("holds the number for two minutes with code 131057", () => {
    expect(decide(refused(131057))).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "hold-number", ms: 120_000 },
    });
  });

  test.each([
    [190, "token"],
    [131005, "token"],
    [131048, "number"],
    [33, "number"],
    [133006, "number"],
    [368, "waba"],
    [131042, "waba"],
    [132001, "template"],
    [132015, "template"],
  ])("fails no recipient with code %i and pauses broadcasts of its %s", (code, scope) => {
    expect(decide(refused(code))).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "pause", scope, reason: `meta_${code}` },
    });
  });
});

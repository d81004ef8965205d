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
    { id: "7", claimId: "c", attempts },
    outcome,
    { marketingCap: "fail", isMetaAway: false, ...circumstances },
    () => 0.5,
  );
}

describe("an answer that never came", () => {
  test("is unknown and never sent again, whatever the attempt", () => {
    const { settlement } = decide({ kind: "unknown", reason: "timeout" });
    expect(settlement).toMatchObject({ status: "unknown" });
  });
});

describe("what certainly was not sent", () => {
  test("is sent later, uses up no attempt and lets the number rest", () => {
    const outcome: SendOutcome = { kind: "not-sent", reason: "connection refused" };
    expect(decide(outcome, 9)).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "hold-number", ms: 5_000 },
    });
  });
});

describe("a refusal", () => {
  test.each([131026, 131049, 131050, 100, 132005, 999_999])(
    "%i fails this recipient alone",
    (code) => {
      expect(decide(refused(code))).toMatchObject({
        settlement: { status: "failed", error: { code: String(code) } },
        consequence: null,
      });
    },
  );

  test.each([1, 2, 131000, 131016])(
    "%i is Meta's own trouble: tried again with growing pauses, then failed",
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

  test("while Meta answers nobody, its trouble uses up no attempt and fails nobody", () => {
    expect(decide(refused(131000), 5, { isMetaAway: true })).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
    });
  });

  test("131049 waits a day where the broadcast says so, and fails after two such days", () => {
    const waits = { marketingCap: "retry_after_24h" } as const;
    expect(decide(refused(131049), 1, waits).settlement).toMatchObject({
      status: "pending",
      delayMs: 86_400_000,
    });
    expect(decide(refused(131049), 3, waits).settlement).toMatchObject({ status: "failed" });
  });

  test.each([100, 132_000, 132_012, 132_005])("%i is suspect where most rows give it", (code) => {
    expect(decide(refused(code))).toMatchObject({
      settlement: { status: "failed" },
      isRowRefused: true,
    });
  });

  test("131056 makes this recipient wait 1, 4, 16 … seconds", () => {
    expect(decide(refused(131056), 2)).toMatchObject({
      settlement: { status: "pending", delayMs: 4_000 },
      consequence: null,
    });
  });

  test("130429 uses up no attempt and slows the number", () => {
    expect(decide(refused(130429), 5)).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "throttle-number" },
    });
  });

  test("131057 lets the number rest for two minutes", () => {
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
  ])("%i fails nobody and pauses what concerns its %s", (code, scope) => {
    expect(decide(refused(code))).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind: "pause", scope, reason: `meta_${code}` },
    });
  });
});

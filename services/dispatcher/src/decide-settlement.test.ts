import { dispositionOf } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";
import { describe, expect, test } from "vitest";
import { decideSettlement } from "./decide-settlement.ts";

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

function decide(outcome: SendOutcome, attempts = 1) {
  return decideSettlement({ id: "7", claimId: "c", attempts }, outcome, () => 0.5);
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

  test.each([
    [190, "pause-provider"],
    [131048, "pause-number"],
    [368, "pause-waba"],
    [132015, "pause-template"],
  ])("%i fails nobody and asks for %s", (code, kind) => {
    expect(decide(refused(code))).toMatchObject({
      settlement: { status: "pending", countsAsAttempt: false },
      consequence: { kind, reason: `meta_${code}` },
    });
  });
});

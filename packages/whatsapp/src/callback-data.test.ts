import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { formatCallbackData, parseCallbackData } from "./callback-data.ts";

const installationId = randomUUID();
const attemptId = randomUUID();
const callbackDataMax = 512;

test("callback data names its attempt and fits Meta's limit for any recipient", () => {
  for (const recipientId of ["1", "9223372036854775807"]) {
    const data = formatCallbackData(installationId, recipientId, attemptId);
    expect(parseCallbackData(data)).toEqual({ installationId, recipientId, attemptId });
    expect(data.length).toBeLessThan(callbackDataMax);
  }
});

test.each([
  undefined,
  "",
  "42",
  `${installationId}.42`,
  `${installationId}.9223372036854775808.${attemptId}`,
  `${installationId}.-1.${attemptId}`,
  `${installationId}.1.${attemptId}\n`,
  ` ${installationId}.1.${attemptId}`,
  `${installationId}.1.${attemptId}.1`,
  `${installationId}.1.${attemptId.replaceAll("-", "")}`,
])("callback data %j names no attempt", (data) => {
  expect(parseCallbackData(data)).toBeNull();
});

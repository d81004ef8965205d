import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "./webhook/run-killed.ts";
import { startIngress, type Ingress } from "./webhook/start-ingress.ts";

// The long form is `bench webhook --only kill`.
const timeoutMs = 60_000;

let ingress: Ingress;

beforeAll(async () => {
  ingress = await startIngress();
}, timeoutMs);

afterAll(() => ingress.close(), timeoutMs);

test(
  "a status that got its 200 is never lost, and none counts twice, when the service and PostgreSQL die under load",
  { timeout: timeoutMs },
  async () => {
    const { violations, answers } = await runKilled(ingress, {
      recipients: 4_000,
      deaths: ["kill-webhook", "stop-postgres", "kill-webhook", "crash-postgres"],
    });
    expect(violations).toEqual([]);
    // Something was under way each time: it was worth asking.
    expect(answers).toMatchObject({ 503: expect.any(Number), none: expect.any(Number) });
  },
);

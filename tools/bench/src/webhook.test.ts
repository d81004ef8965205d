import { afterAll, beforeAll, expect, test } from "vitest";
import { runKilled } from "./webhook/run-killed.ts";
import { startIngress, type Ingress } from "./webhook/start-ingress.ts";

// `bench webhook --only kill` runs the long form.
const timeoutMs = 60_000;

let ingress: Ingress;

beforeAll(async () => {
  ingress = await startIngress();
}, timeoutMs);

afterAll(() => ingress.close(), timeoutMs);

test(
  "an acknowledged status is neither lost nor counted twice when the service and PostgreSQL die under load",
  { timeout: timeoutMs },
  async () => {
    const { violations, answers } = await runKilled(ingress, {
      recipients: 4_000,
      deaths: ["kill-webhook", "stop-postgres", "kill-webhook", "crash-postgres"],
    });
    expect(violations).toEqual([]);
    // Requests were under way when PostgreSQL (503) and the service (no response) died.
    expect(answers).toMatchObject({ 503: expect.any(Number), none: expect.any(Number) });
  },
);

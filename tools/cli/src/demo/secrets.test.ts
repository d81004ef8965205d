import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { demoNumber } from "../infrastructure/demo-number.ts";
import { loadSecrets } from "../state/secrets.ts";
import { readJobs } from "../testing/read-jobs.ts";
import { useCli } from "../testing/test-cli.ts";

const cli = useCli();

function readLogs(): string {
  const logs = join(cli.stateDir, "logs");
  return readdirSync(logs)
    .filter((name) => /^(?:api|webhook|dispatcher)/.test(name))
    .map((name) => readFileSync(join(logs, name), "utf8"))
    .join("\n");
}

// The API's own tests check its responses, route by route.
test("a broadcast leaves no secrets or personal data in jobs and logs", async () => {
  const demo = cli.run(["demo", "--no-dashboard", "--recipients", "400", "--rate", "50", "--json"]);
  const run = await cli.activeRun();
  await eventually(() => /[1-9]\d* sent/.test(demo.stderr()), { timeoutMs: 60_000 });
  const jobs = await readJobs(run);
  expect(jobs).toMatch(/r\d+-\d+/);
  // Failures are logged too, here a token that Meta rejects.
  const { demoApiKey, demoPassword, authSecret, encryptionKeys } = loadSecrets(
    join(cli.stateDir, "secrets.json"),
  );
  const headers = { authorization: `Bearer ${demoApiKey}`, "content-type": "application/json" };
  const refusedToken = "EAArefusedTokenThatMustNeverBeSeen";
  const refused = await fetch(`${run.apiUrl}/v1/whatsapp-providers`, {
    method: "POST",
    headers,
    body: JSON.stringify({ phoneNumberId: "1", wabaId: "2", accessToken: refusedToken }),
  });
  expect(refused.status).toBe(422);
  expect(await refused.text()).not.toContain(refusedToken);
  await eventually(() => demo.stdout() !== "", { timeoutMs: 90_000 });
  demo.child.kill("SIGTERM");
  expect(await demo.exitCode, demo.stderr()).toBe(0);

  const { accessToken, appSecret = "", verifyToken } = demoNumber({});
  const keys = encryptionKeys.split(",").map((key) => key.split(":")[1] ?? "");
  const said = { jobs, logs: readLogs() };
  expect(said.logs).toContain("request answered");
  for (const [place, text] of Object.entries(said)) {
    for (const secret of [
      accessToken,
      appSecret,
      verifyToken,
      refusedToken,
      demoApiKey,
      demoPassword,
      authSecret,
      ...keys,
    ]) {
      expect(text.includes(secret), `a secret in the ${place}`).toBe(false);
    }
    expect(text, `a phone number in the ${place}`).not.toMatch(/\+\d{10,}/);
    expect(text, `an e-mail address in the ${place}`).not.toMatch(/[\w.]+@[\w-]+\.\w/);
  }
}, 180_000);

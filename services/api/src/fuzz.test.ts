import { expect, test } from "vitest";
import { createBroadcastBody } from "./testing/create-broadcast-body.ts";
import { createRequestFuzzer, type FuzzedRequest } from "./testing/fuzz-requests.ts";
import { readOpenApi } from "./testing/open-api.ts";
import { startTestApi } from "./testing/start-test-api.ts";
import { createTestClient } from "./testing/test-client.ts";

const { url, logged, newOrganization } = await startTestApi({
  limits: { requestsPerMinute: 10_000_000, jsonBytes: 100_000, uploadBytes: 10_000 },
});
const api = readOpenApi((await createTestClient(url, null).get("/openapi.json")).body);

async function idsOf(organization: { api: ReturnType<typeof createTestClient> }) {
  const body = await createBroadcastBody(organization.api);
  const broadcast = await organization.api.post("/v1/broadcasts", body);
  const contact = await organization.api.post("/v1/contacts", { phone: "+4915123456789" });
  return [body.providerId, body.templateId, broadcast.body.id, contact.body.id];
}

function describeBody({ body }: FuzzedRequest): string {
  return typeof body === "string" ? body.slice(0, 500) : JSON.stringify([...(body ?? [])]);
}

async function send(apiKey: string, { operation, path, headers, body }: FuzzedRequest) {
  const answer = await fetch(url + path, {
    method: operation.method,
    headers: { ...headers, authorization: `Bearer ${apiKey}` },
    body,
  });
  const contentType = answer.headers.get("content-type") ?? "";
  // A stream of events never ends.
  if (contentType.startsWith("text/event-stream")) {
    await answer.body?.cancel();
    return { status: answer.status, contentType, body: null };
  }
  const text = await answer.text();
  const isJson = contentType.startsWith("application/json") && text !== "";
  return { status: answer.status, contentType, body: isJson ? JSON.parse(text) : text };
}

test("the API answers thousands of random requests as documented and never with a 5xx", async () => {
  const seed = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const count = Number(process.env["FUZZ_COUNT"] ?? 2_000);
  const own = await newOrganization();
  const ids = [...(await idsOf(own)), "1", "2", "3"];
  const fuzzer = createRequestFuzzer(api, seed, ids);
  const errors: string[] = [];
  const statuses: Record<number, number> = {};
  let left = count;
  async function work(): Promise<void> {
    while (left-- > 0 && errors.length < 20) {
      const request = fuzzer.next();
      const answer = await send(own.apiKey, request);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      // A mangled path may match no route or another one.
      const isRouted = answer.status !== 404 || request.path.startsWith("/v1/");
      const found =
        answer.status >= 500 ? [`${answer.status}`] : api.errorsOf(request.operation, answer);
      if (!isRouted || found.length === 0) continue;
      errors.push(
        `${request.operation.name}: ${found.slice(0, 3).join("; ")}\n  ${request.path.slice(0, 300)}\n  ${describeBody(request)}\n  ${JSON.stringify(answer.body).slice(0, 500)}`,
      );
    }
  }
  await Promise.all(Array.from({ length: 16 }, work));
  expect(errors.join("\n"), `seed ${seed}`).toBe("");
  expect(statuses[200] ?? 0, "some requests are good").toBeGreaterThan(count / 50);
  expect(logged()).not.toContain('"level":50');
}, 600_000);

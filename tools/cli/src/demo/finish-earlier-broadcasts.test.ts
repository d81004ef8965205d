import { once } from "node:events";
import { createServer } from "node:http";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { afterAll, expect, test } from "vitest";
import { createApiClient } from "./api-client.ts";
import { finishEarlierBroadcasts } from "./finish-earlier-broadcasts.ts";

const port = await findFreePort();
const pending = [2, 1, 0];
// Acts as an API without unfinished broadcasts, and as a simulator whose pending webhooks decrease.
const server = createServer((request, response) => {
  const ledger = {
    accepted: 3,
    duplicates: 0,
    maxPerSecond: 3,
    statuses: { delivered: 1, read: 0, failed: 0 },
    pendingWebhooks: request.url === "/_ledger" ? pending.shift() : 0,
  };
  response.end(JSON.stringify(request.url === "/_ledger" ? ledger : { items: [] }));
}).listen(port, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());

test("finishEarlierBroadcasts waits until the simulator has no pending webhooks", async () => {
  const url = `http://127.0.0.1:${port}`;
  await finishEarlierBroadcasts(createApiClient(url, "key"), url, () => {});
  expect(pending).toEqual([]);
});

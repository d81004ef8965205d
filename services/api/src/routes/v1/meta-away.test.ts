import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, expect, test } from "vitest";
import { number, startTestApi } from "../../testing/start-test-api.ts";

/** Response in place of Meta's: a proxy's page, a cut connection, or one of Meta's own errors. */
let answer: "page" | "cut" | "busy" | "limit" = "page";
const proxy = createServer((_request, response) => {
  if (answer === "cut") return response.destroy();
  if (answer === "page") return response.writeHead(502).end("<html>Bad gateway</html>");
  const code = answer === "busy" ? 2 : 80007;
  const error = { message: "Service temporarily unavailable", type: "OAuthException", code };
  return response.writeHead(400).end(JSON.stringify({ error }));
}).listen(0, "127.0.0.1");
await once(proxy, "listening");
afterAll(() => proxy.close());
const address = proxy.address();
const port = typeof address === "object" ? address?.port : undefined;
const { engineDb, newOrganization } = await startTestApi({ graphUrl: `http://127.0.0.1:${port}` });

test.each(["page", "cut", "busy", "limit"] as const)(
  "connecting a number answers 503 with retry-after and saves nothing when Meta is unavailable (%s)",
  async (kind) => {
    answer = kind;
    const { api } = await newOrganization();
    const refused = await api.post("/v1/whatsapp-providers", number);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("30");
    expect(refused.body.error.code).toBe("meta_unavailable");
    const saved = await engineDb.selectFrom("whatsapp_providers").select("id").execute();
    expect(saved).toEqual([]);
  },
);

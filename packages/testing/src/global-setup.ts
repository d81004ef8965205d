import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { createStores } from "./stores.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address that starts the test run's PostgreSQL and Redis. Use `storeUrl`. */
    storesUrl: string;
    templateDatabase: string;
  }
}

/**
 * Lets the test files of a run share one real PostgreSQL and one real Redis. Starts each of them
 * when a test file first asks for it, so that tests without stores don't wait for any. Returns the
 * teardown, which stops what was started.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const templateDatabase = `loudhailer_template_${randomBytes(6).toString("hex")}`;
  // Loading what starts a store takes longer than most tests without one.
  const stores = createStores({
    postgres: async () => {
      const { startTestPostgres } = await import("./start-test-postgres.ts");
      return startTestPostgres(templateDatabase);
    },
    redis: async () => (await import("./resolve-redis.ts")).resolveRedis(),
  });
  // Test files run in other processes, which reach this one by HTTP.
  const server = createServer((request, response) => {
    stores.start(request.url?.slice(1) ?? "").then(
      (url) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  project.provide("storesUrl", `http://127.0.0.1:${port}`);
  project.provide("templateDatabase", templateDatabase);
  return async () => {
    server.close();
    server.closeAllConnections();
    await stores.stop();
  };
}

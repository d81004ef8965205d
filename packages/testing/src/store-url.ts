import { inject } from "vitest";

/**
 * Returns the URL of the test run's PostgreSQL or Redis. The first call of a run starts it.
 * @throws Error with the reason if the server doesn't start
 */
export async function storeUrl(store: "postgres" | "redis"): Promise<string> {
  const response = await fetch(`${inject("storesUrl")}/${store}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`The tests' ${store} did not start: ${text}`);
  return text;
}

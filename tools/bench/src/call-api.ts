import type { z } from "zod";

export interface ApiAnswer<T> {
  body: T;
  /** From the call to the whole answer. */
  ms: number;
}

/** One call of Loudhailer's HTTP API. Throws with the API's own words when it refuses. */
export async function callApi<T>(
  { url, apiKey }: { url: string; apiKey: string },
  method: "GET" | "POST",
  path: string,
  schema: z.ZodType<T>,
  body?: object,
): Promise<ApiAnswer<T>> {
  const startedAt = performance.now();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const ms = Math.round(performance.now() - startedAt);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return { body: schema.parse(JSON.parse(text)), ms };
}

import type { z } from "zod";

export interface ApiAnswer<T> {
  body: T;
  /** Milliseconds from the call to the complete response. */
  ms: number;
}

/** The API answered with an error. */
export class ApiError extends Error {
  readonly status: number;

  constructor(request: string, status: number, text: string) {
    super(`${request}: ${status} ${text}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/**
 * Calls Loudhailer's HTTP API once. An empty body is undefined.
 * @throws ApiError if the status isn't a success
 * @throws ZodError if the body doesn't match `schema`
 */
export async function callApi<T>(
  { url, apiKey }: { url: string; apiKey: string },
  method: "GET" | "POST" | "DELETE",
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
  if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, text);
  return { body: schema.parse(text === "" ? undefined : JSON.parse(text)), ms };
}

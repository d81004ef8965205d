"use client";
import createClient from "openapi-fetch";
import { ApiError } from "./api-error.ts";
import type { paths } from "./generated/schema.ts";
import { signedInAgain } from "./sign-in-gate.ts";

/** `fetch` that, where the session has ended, waits until the person has signed in again. */
export async function fetchWithSession(input: Request): Promise<Response> {
  const spare = input.clone();
  const answer = await reach(input);
  if (answer.status !== 401) return answer;
  await signedInAgain();
  return reach(spare);
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError(503, null);
  }
}

/** The API from the browser. */
export const browserApi = createClient<paths>({ baseUrl: "", fetch: fetchWithSession });

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the API answered. @throws ApiError where it refused */
export async function send<T>(request: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await request;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no body is what T says then
  if (response.ok) return data as T;
  throw new ApiError(response.status, error);
}

/** A call of Better Auth's routes. @throws ApiError where it refused */
export async function authApi<T = unknown>(
  path: string,
  body?: Record<string, unknown>,
  method: "GET" | "POST" = body === undefined ? "GET" : "POST",
): Promise<T> {
  const answer = await reach(
    new Request(`/api/auth${path}`, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    }),
  );
  const text = await answer.text();
  const json: unknown = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : null;
  if (!answer.ok) throw new ApiError(answer.status, json);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- not in the OpenAPI document
  return json as T;
}

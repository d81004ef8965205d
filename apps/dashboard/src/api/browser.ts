"use client";
import createClient from "openapi-fetch";
import { ApiError } from "./api-error.ts";
import type { paths } from "./generated/schema.ts";
import { signedInAgain } from "./sign-in-gate.ts";
import type { Outcome } from "./types.ts";

/**
 * Calls `fetch`. If the session has ended, waits for a new sign-in and repeats the request once.
 * @throws ApiError if the API can't be reached
 */
export async function fetchWithSession(input: Request): Promise<Response> {
  const copy = input.clone();
  const answer = await reach(input);
  if (answer.status !== 401) return answer;
  await signedInAgain();
  return reach(copy);
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError(503, null);
  }
}

/** Typed API client for the browser. */
export const browserApi = createClient<paths>({ baseUrl: "", fetch: fetchWithSession });

/**
 * Returns the body of a successful response.
 * @throws ApiError if the API refuses the request or can't be reached
 */
export async function send<T>(request: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await request;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- T is undefined without a body
  if (response.ok) return data as T;
  throw new ApiError(response.status, error);
}

/**
 * Calls a route of Better Auth and returns its JSON; null if the response isn't JSON.
 * @throws ApiError if Better Auth refuses the request or can't be reached
 */
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

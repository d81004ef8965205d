"use client";
import { ApiError } from "./api-error.ts";
import { fetchWithSession } from "./browser.ts";

/**
 * Sends a form with a file and returns the JSON of the answer.
 * @throws ApiError if the API rejects the file or can't be reached
 */
export async function upload<T>(path: string, fields: Record<string, string | File>): Promise<T> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const answer = await fetchWithSession(new Request(path, { method: "POST", body: form }));
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in the OpenAPI document
  return body as T;
}

import "server-only";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import createClient from "openapi-fetch";
import { cache } from "react";
import { apiUrl } from "../env.ts";
import { ApiError } from "./api-error.ts";
import type { paths } from "./generated/schema.ts";
import type { Me } from "./types.ts";

/** The API as the person who asks for the page. */
export const api = cache(async () => {
  const address = (await headers()).get("x-forwarded-for");
  return createClient<paths>({
    baseUrl: apiUrl,
    cache: "no-store",
    headers: {
      cookie: (await cookies()).toString(),
      ...(address !== null && { "x-forwarded-for": address }),
    },
    fetch: async (request) => {
      try {
        return await fetch(request);
      } catch {
        throw new ApiError(503, null);
      }
    },
  });
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * What the API answered. Without a session it leads to the sign-in page, for what isn't there to
 * the page that says so; everything else the API refuses is thrown as ApiError.
 */
export async function read<T>(request: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (response.ok && data !== undefined) return data;
  if (response.status === 401) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`);
  if (response.status === 404) notFound();
  throw new ApiError(response.status, error);
}

/**
 * What one of Better Auth's routes answers the person who asks for the page; null where it refuses.
 * Its shapes aren't in the OpenAPI document.
 */
export async function readAuth<T>(path: string): Promise<T | null> {
  const answer = await fetch(`${apiUrl}/api/auth${path}`, {
    cache: "no-store",
    headers: { cookie: (await cookies()).toString() },
  }).catch(() => null);
  if (answer === null || !answer.ok) return null;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as Better Auth's docs say
  return (await answer.json()) as T;
}

/** The path and query of the page that is being asked for. */
async function currentPath(): Promise<string> {
  return (await headers()).get("x-path") ?? "/";
}

/** Who asks, and what they may do. */
export const getMe = cache(async (): Promise<Me> => read((await api()).GET("/v1/me")));

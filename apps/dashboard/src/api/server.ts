import "server-only";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import createClient from "openapi-fetch";
import { cache } from "react";
import { apiUrl } from "../env.ts";
import { ApiError } from "./api-error.ts";
import type { paths } from "./generated/schema.ts";
import type { Me, Outcome } from "./types.ts";

/** Returns an API client with the cookies and client address of the page's request. */
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

/**
 * Returns the body of a successful response. Redirects to the sign-in page if there is no session,
 * and shows the not-found page for missing resources.
 * @throws ApiError if the API refuses the request for another reason or can't be reached
 */
export async function read<T>(request: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (response.ok && data !== undefined) return data;
  if (response.status === 401) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`);
  if (response.status === 404) notFound();
  throw new ApiError(response.status, error);
}

/**
 * Returns the response of a Better Auth route with the cookies of the page's request; null if the
 * request fails. The OpenAPI document doesn't describe these routes.
 */
export async function readAuth<T>(path: string): Promise<T | null> {
  const answer = await fetch(`${apiUrl}/api/auth${path}`, {
    cache: "no-store",
    headers: { cookie: (await cookies()).toString() },
  }).catch(() => null);
  if (answer === null || !answer.ok) return null;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- documented by Better Auth
  return (await answer.json()) as T;
}

/** Returns the path and query of the requested page. */
async function currentPath(): Promise<string> {
  return (await headers()).get("x-path") ?? "/";
}

/** Returns the signed-in account with its organizations, role and rights. */
export const getMe = cache(async (): Promise<Me> => read((await api()).GET("/v1/me")));

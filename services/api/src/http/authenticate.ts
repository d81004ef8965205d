import { authenticateApiKey } from "@loudhailer/core/accounts/authenticate-api-key.ts";
import { authenticateSession } from "@loudhailer/core/accounts/authenticate-session.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { TenantContext } from "@loudhailer/core/tenant-context.ts";
import type { FastifyRequest } from "fastify";
import type { AppDeps } from "../app-deps.ts";
import { toHeaders } from "./to-headers.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null on routes that ask for no organization. */
    tenant: TenantContext | null;
  }
}

/** For whom the request is. Throws where the route stands outside of `/v1`. */
export function tenantOf(request: FastifyRequest): TenantContext {
  if (request.tenant === null) throw new Error("the route is not behind authentication");
  return request.tenant;
}

/**
 * Finds the organization that a request is for: by its API key, else by its session's active
 * organization. Throws `unauthenticated` or `forbidden`.
 */
export async function authenticate(deps: AppDeps, request: FastifyRequest): Promise<TenantContext> {
  const { authorization } = request.headers;
  return authorization === undefined
    ? authenticateBrowser(deps, request)
    : authenticateKey(deps, request, authorization);
}

async function authenticateKey(
  { authDb, db }: AppDeps,
  request: FastifyRequest,
  authorization: string,
): Promise<TenantContext> {
  const [, apiKey = ""] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  const identity = await authenticateApiKey(authDb, apiKey);
  if (identity === null) {
    throw new DomainError(
      "unauthenticated",
      "The API key is not valid. Send it as Authorization: Bearer <api key>.",
    );
  }
  const scope = isReading(request) ? "read" : "write";
  if (!identity.scopes.includes(scope)) {
    throw new DomainError("forbidden", `This API key lacks the scope "${scope}".`, { scope });
  }
  return {
    db,
    organizationId: identity.organizationId,
    actor: { userId: null, apiKeyId: identity.apiKeyId },
  };
}

async function authenticateBrowser(
  { auth, authDb, db, publicUrl }: AppDeps,
  request: FastifyRequest,
): Promise<TenantContext> {
  const identity = await authenticateSession(auth, authDb, toHeaders(request));
  if (identity === null) {
    throw new DomainError(
      "unauthenticated",
      "Sign in, or send an API key as Authorization: Bearer <api key>.",
    );
  }
  // The cookie is SameSite=Lax; this also keeps out other hosts of the same site.
  if (!isReading(request) && !isOwnOrigin(request, publicUrl)) {
    throw new DomainError(
      "forbidden",
      "Requests with a session are accepted from our own pages only.",
    );
  }
  if (identity.organizationId === null) {
    throw new DomainError(
      "forbidden",
      "Create an organization, or choose one you are a member of.",
    );
  }
  const { userId, organizationId } = identity;
  return { db, organizationId, actor: { userId, apiKeyId: null } };
}

function isReading({ method }: FastifyRequest): boolean {
  return method === "GET" || method === "HEAD";
}

// Browsers always send Origin with a request that changes something; what sends none is no browser.
function isOwnOrigin({ headers, protocol, host }: FastifyRequest, publicUrl: string): boolean {
  const { origin } = headers;
  return (
    origin === undefined ||
    origin === new URL(publicUrl).origin ||
    origin === `${protocol}://${host}`
  );
}

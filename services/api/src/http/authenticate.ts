import { rightsOf, type Right, type Role } from "@loudhailer/contracts/roles.ts";
import { authenticateApiKey } from "@loudhailer/core/accounts/authenticate-api-key.ts";
import {
  authenticateSession,
  type SessionIdentity,
} from "@loudhailer/core/accounts/authenticate-session.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { TenantContext } from "@loudhailer/core/tenant-context.ts";
import type { FastifyRequest } from "fastify";
import type { AppDeps } from "../app-deps.ts";
import { toHeaders } from "./to-headers.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Authenticated organization and caller. Null on routes that need no organization. */
    tenant: TenantContext | null;
  }
  interface FastifyContextConfig {
    /** Right that the route needs. Defaults to `read` for GET and HEAD, else to `write`. */
    right?: Right;
  }
}

/** Role of every API key, within the key's scopes. */
const roleOfApiKeys: Role = "admin";

/**
 * Returns the organization and the caller of an authenticated request.
 * @throws Error if the route is not behind authentication
 */
export function tenantOf(request: FastifyRequest): TenantContext {
  if (request.tenant === null) throw new Error("the route is not behind authentication");
  return request.tenant;
}

/**
 * Finds the organization of a request and checks the right that the route needs. The organization
 * is the API key's, or the session's active one if the request has no Authorization header.
 * @throws DomainError `unauthenticated` if the session or API key is not valid
 * @throws DomainError `forbidden` if the organization, scope or right is missing, or the request
 *   comes from another origin
 */
export async function authenticate(deps: AppDeps, request: FastifyRequest): Promise<TenantContext> {
  const { authorization } = request.headers;
  return authorization === undefined
    ? authenticateBrowser(deps, request)
    : authenticateKey(deps, request, authorization);
}

async function authenticateKey(
  deps: AppDeps,
  request: FastifyRequest,
  authorization: string,
): Promise<TenantContext> {
  const { apiKeyId, organizationId, scopes } = await identifyKey(deps, authorization);
  const scope = isReading(request) ? "read" : "write";
  if (!scopes.includes(scope)) {
    throw new DomainError("forbidden", `This API key lacks the scope "${scope}".`, { scope });
  }
  checkRight(request, roleOfApiKeys);
  const { db } = deps;
  return { db, organizationId, actor: { userId: null, apiKeyId, ipAddress: request.ip } };
}

/**
 * Returns the API key's id, organization and scopes.
 * @throws DomainError `unauthenticated` if the key is missing or not valid
 */
export async function identifyKey({ authDb }: AppDeps, authorization: string) {
  const [, apiKey = ""] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  const identity = await authenticateApiKey(authDb, apiKey);
  if (identity !== null) return identity;
  throw new DomainError(
    "unauthenticated",
    "The API key is not valid. Send it as Authorization: Bearer <api key>.",
  );
}

async function authenticateBrowser(deps: AppDeps, request: FastifyRequest): Promise<TenantContext> {
  const { userId, organizationId, role } = await identifyBrowser(deps, request);
  // The cookie is SameSite=Lax, which still allows other hosts of the same site. This refuses them.
  if (!isReading(request) && !isOwnOrigin(request, deps.publicUrl)) {
    throw new DomainError(
      "forbidden",
      "Requests with a session are accepted from our own pages only.",
    );
  }
  if (organizationId === null || role === null) {
    throw new DomainError(
      "forbidden",
      "Create an organization, or choose one you are a member of.",
    );
  }
  checkRight(request, role);
  return { db: deps.db, organizationId, actor: { userId, apiKeyId: null, ipAddress: request.ip } };
}

/**
 * Returns the session's user, active organization and role.
 * @throws DomainError `unauthenticated` if there is no valid session
 */
export async function identifyBrowser(
  { auth, authDb }: AppDeps,
  request: FastifyRequest,
): Promise<SessionIdentity> {
  const identity = await authenticateSession(auth, authDb, toHeaders(request));
  if (identity !== null) return identity;
  throw new DomainError(
    "unauthenticated",
    "Sign in, or send an API key as Authorization: Bearer <api key>.",
  );
}

function checkRight(request: FastifyRequest, role: string): void {
  const needed = request.routeOptions.config.right ?? (isReading(request) ? "read" : "write");
  if (rightsOf(role).includes(needed)) return;
  const may = needed === "manage" ? "owners and admins" : "owners, admins and marketers";
  throw new DomainError("forbidden", `Your role is ${role}; only ${may} may do this.`, {
    right: needed,
    role,
  });
}

function isReading({ method }: FastifyRequest): boolean {
  return method === "GET" || method === "HEAD";
}

// Browsers always send Origin with a request that changes something, so others may omit it.
function isOwnOrigin({ headers, protocol, host }: FastifyRequest, publicUrl: string): boolean {
  const { origin } = headers;
  return (
    origin === undefined ||
    origin === new URL(publicUrl).origin ||
    origin === `${protocol}://${host}`
  );
}

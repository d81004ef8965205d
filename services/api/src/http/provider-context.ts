import type { ProviderContext } from "@loudhailer/core/providers/provider-context.ts";
import type { FastifyRequest } from "fastify";
import type { AppDeps } from "../app-deps.ts";
import { tenantOf } from "./authenticate.ts";

/** Returns the tenant's context with the dependencies of operations that call Meta. */
export function providerContextOf(
  request: FastifyRequest,
  { graph, keyring, webhookUrl }: AppDeps,
): ProviderContext {
  return { ...tenantOf(request), graph, keyring, webhookUrl };
}

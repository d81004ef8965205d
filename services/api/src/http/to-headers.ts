import { clientAddressHeader } from "@loudhailer/core/accounts/create-auth.ts";
import type { FastifyRequest } from "fastify";

/** Returns a request's headers as web `Headers`, with the client's address set by Fastify. */
export function toHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) headers.append(name, one);
    }
  }
  headers.set(clientAddressHeader, request.ip);
  return headers;
}

import { clientAddressHeader } from "@loudhailer/core/accounts/create-auth.ts";
import type { FastifyRequest } from "fastify";

/** A request's headers as the web's `Headers`, with the client's address as we see it. */
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

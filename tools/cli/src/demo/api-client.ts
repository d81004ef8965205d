import { z } from "zod";
import { CliError } from "../cli-error.ts";

const failureSchema = z.object({
  error: z.object({ message: z.string() }),
});

/** A client of Loudhailer's HTTP API, which it uses like any other program. */
export interface ApiClient {
  /**
   * Sends a request and parses the response with `schema`.
   * @throws CliError with the API's message if the API rejects the request
   */
  call<T>(
    method: "GET" | "POST" | "PATCH",
    path: string,
    schema: z.ZodType<T>,
    body?: object | FormData,
  ): Promise<T>;
  /**
   * Requests a resource that isn't JSON and resolves to its text.
   * @throws CliError with the API's message if the API rejects the request
   */
  text(path: string): Promise<string>;
}

/** Returns a client of the API at `apiUrl` that acts for the organization of `apiKey`. */
export function createApiClient(apiUrl: string, apiKey: string): ApiClient {
  const send = async (
    method: string,
    path: string,
    body?: object | FormData,
  ): Promise<Response> => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body && !isForm && { "content-type": "application/json" }),
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    if (response.ok) return response;
    const failure = failureSchema.safeParse(await response.json().catch(() => null)).data;
    throw new CliError(
      failure?.error.message ?? `${method} ${path} was answered with ${response.status}.`,
    );
  };
  return {
    call: async (method, path, schema, body) =>
      schema.parse(await (await send(method, path, body)).json()),
    text: async (path) => (await send("GET", path)).text(),
  };
}

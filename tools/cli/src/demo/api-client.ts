import { z } from "zod";
import { CliError } from "../cli-error.ts";

const failureSchema = z.object({
  error: z.object({ message: z.string() }),
});

/** Loudhailer's own HTTP API, as any program would use it. */
export interface ApiClient {
  /** @throws CliError with the API's own words when it refuses */
  call<T>(
    method: "GET" | "POST" | "PATCH",
    path: string,
    schema: z.ZodType<T>,
    body?: object | FormData,
  ): Promise<T>;
  /** The body as it is, for what is no JSON. */
  text(path: string): Promise<string>;
}

/** A client of the API at `apiUrl`, acting for the organization that `apiKey` is bound to. */
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

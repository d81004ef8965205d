import { parseObject, type JsonObject } from "../json.ts";
import type { GraphRequest } from "./request.ts";

/** Returns the parameters of a call, as Graph does: from the URL and a JSON body or a form. */
export function readParameters(request: GraphRequest): JsonObject {
  const query = Object.fromEntries(request.url.searchParams);
  if (request.contentType.includes("application/x-www-form-urlencoded"))
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body.toString())) };
  return { ...query, ...parseObject(request.body.toString()) };
}

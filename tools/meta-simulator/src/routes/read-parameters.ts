import type { JsonObject } from "../json.ts";
import { parseObject } from "../json.ts";
import type { GraphRequest } from "./request.ts";

/** The parameters of a call as Graph takes them: in the URL, in a JSON body, or in a form. */
export function readParameters(request: GraphRequest): JsonObject {
  const query = Object.fromEntries(request.url.searchParams);
  if (request.contentType.includes("application/x-www-form-urlencoded"))
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body.toString())) };
  return { ...query, ...parseObject(request.body.toString()) };
}

import { z } from "zod";

/** Describes a download of CSV text for the OpenAPI document. */
export function csvResponse(description: string) {
  return { description, content: { "text/csv": { schema: z.string() } } };
}

import { z } from "zod";

/** A download of CSV text. */
export function csvResponse(description: string) {
  return { description, content: { "text/csv": { schema: z.string() } } };
}

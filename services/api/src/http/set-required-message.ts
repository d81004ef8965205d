import { z } from "zod";

/**
 * Makes Zod report missing values as "is required" in this process, unless a schema has its own
 * message. The missing value can only be detected while Zod builds the message.
 */
export function setRequiredMessage(): void {
  z.config({ customError: ({ input }) => (input === undefined ? "is required" : undefined) });
}

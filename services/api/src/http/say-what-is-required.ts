import { z } from "zod";

/**
 * Makes zod say "is required" of what is missing, in this process, where a schema has no words of
 * its own. Only while zod builds the message does it know the value that it found.
 */
export function sayWhatIsRequired(): void {
  z.config({ customError: ({ input }) => (input === undefined ? "is required" : undefined) });
}

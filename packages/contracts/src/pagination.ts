import { z } from "zod";

export const pageLimitMax = 200;

/** What every list takes. `cursor` is a `nextCursor` that the same list answered. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(pageLimitMax).default(50),
  cursor: z.string().min(1).max(500).optional(),
});
export type PageQuery = z.output<typeof pageQuery>;

/** What every list answers; `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

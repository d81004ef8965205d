"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useTransition } from "react";

/**
 * Returns the page's query parameters and `change`, which sets them: "" or null removes one. Each
 * change returns to the list's first page.
 */
export function useQuery() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [isPending, startTransition] = useTransition();
  const change = useCallback(
    (changes: Record<string, string | null>) => {
      const next = new URLSearchParams(params);
      next.delete("cursor");
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const query = next.toString();
      startTransition(() =>
        router.replace(query === "" ? path : `${path}?${query}`, { scroll: false }),
      );
    },
    [params, path, router],
  );
  return { params, change, isPending };
}

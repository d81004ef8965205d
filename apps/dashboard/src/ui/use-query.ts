"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useTransition } from "react";

/** The page's query, and how to change it: "" or null takes a part away. The list starts anew. */
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

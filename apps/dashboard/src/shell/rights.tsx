"use client";
import type { Me } from "@/api/types.ts";
import { createContext, use, type ReactNode } from "react";

const MeContext = createContext<Me | null>(null);

export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

/**
 * Returns the signed-in account.
 * @throws Error outside of `MeProvider`
 */
export function useMe(): Me {
  const me = use(MeContext);
  if (me === null) throw new Error("outside of the application's shell");
  return me;
}

/** Returns whether the reader has a right: `write` changes data, `manage` the organization. */
export function useMay(right: Me["rights"][number]): boolean {
  return useMe().rights.includes(right);
}

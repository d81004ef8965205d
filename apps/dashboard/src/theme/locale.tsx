"use client";
import { useRouter } from "next/navigation";
import { createContext, use, useEffect, useMemo, type ReactNode } from "react";
import { createFormat, type Format, type Locale } from "./format.ts";

const LocaleContext = createContext<Locale>({ locale: "en", timeZone: "UTC" });

/**
 * Provides the reader's locale. Sends the browser's time zone to the server in a cookie, so that
 * the server's pages show correct times at once.
 */
export function LocaleProvider({ value, children }: { value: Locale; children: ReactNode }) {
  const router = useRouter();
  const { locale, timeZone } = value;
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone === timeZone) return;
    document.cookie = `time-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
    router.refresh();
  }, [timeZone, router]);
  const stable = useMemo(() => ({ locale, timeZone }), [locale, timeZone]);
  return <LocaleContext value={stable}>{children}</LocaleContext>;
}

export function useFormat(): Format {
  const locale = use(LocaleContext);
  return useMemo(() => createFormat(locale), [locale]);
}

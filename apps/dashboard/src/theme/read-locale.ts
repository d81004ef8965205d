import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { createFormat, type Locale } from "./format.ts";

/** Returns the browser's first language, and the time zone from the cookie of its last page. */
export const readLocale = cache(async (): Promise<Locale> => {
  const languages = (await headers()).get("accept-language") ?? "";
  const [language = ""] = languages.split(/[,;]/);
  const zone = decodeURIComponent((await cookies()).get("time-zone")?.value ?? "UTC");
  return {
    locale: language && isKnown(() => new Intl.NumberFormat(language)) ? language : "en",
    timeZone: isKnown(() => new Intl.DateTimeFormat("en", { timeZone: zone })) ? zone : "UTC",
  };
});

export const getFormat = cache(async () => createFormat(await readLocale()));

function isKnown(use: () => unknown): boolean {
  try {
    use();
    return true;
  } catch {
    return false;
  }
}

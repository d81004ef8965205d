/** The reader's locale for numbers and dates, and time zone. */
export interface Locale {
  locale: string;
  timeZone: string;
}

export type Format = ReturnType<typeof createFormat>;

/**
 * Creates formatters for numbers and dates in the reader's locale, and for durations in English.
 * Works on the server and in the browser.
 */
export function createFormat({ locale, timeZone }: Locale) {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  const seconds = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone });
  return {
    locale,
    timeZone,
    number: (value: number) => number.format(value),
    compact: (value: number) => compact.format(value),
    /** Formats `part` of `whole` as a percentage; 0% if `whole` is 0. */
    share: (part: number, whole: number) => percent.format(whole === 0 ? 0 : part / whole),
    dateTime: (iso: string) => dateTime.format(new Date(iso)),
    date: (iso: string) => date.format(new Date(iso)),
    time: (iso: string) => time.format(new Date(iso)),
    timeWithSeconds: (iso: string) => seconds.format(new Date(iso)),
    /** Formats a calendar day given as YYYY-MM-DD. */
    day: (isoDay: string) => day.format(new Date(`${isoDay}T00:00:00Z`)),
    duration: describeDuration,
  };
}

/** Describes an approximate duration: "40 seconds", "12 minutes", "3 hours 20 minutes". */
function describeDuration(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return plural(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return plural(Math.round(hours / 24), "day");
  const rest = minutes % 60;
  return rest === 0 ? plural(hours, "hour") : `${plural(hours, "hour")} ${plural(rest, "minute")}`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

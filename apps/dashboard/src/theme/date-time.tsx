"use client";
import { useFormat } from "./locale.tsx";

/** A moment in the reader's zone; `none` where there is none. */
export function DateTime({
  value,
  none = "—",
  only,
}: {
  value: string | null;
  none?: string;
  only?: "date" | "time";
}) {
  const format = useFormat();
  if (value === null) return <>{none}</>;
  return (
    // Node's and the browser's tables of locales can differ in a space.
    <time dateTime={value} suppressHydrationWarning>
      {format[only ?? "dateTime"](value)}
    </time>
  );
}

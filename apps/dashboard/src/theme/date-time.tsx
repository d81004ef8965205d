"use client";
import { useFormat } from "./locale.tsx";

/** Shows a time in the reader's time zone; `none` if there is no time. */
export function DateTime({
  value,
  none = "—",
  only,
}: {
  value: string | null;
  none?: string;
  only?: "date";
}) {
  const format = useFormat();
  if (value === null) return <>{none}</>;
  return (
    // The locale data of Node and the browser can differ in a space.
    <time dateTime={value} suppressHydrationWarning>
      {format[only ?? "dateTime"](value)}
    </time>
  );
}

"use client";
import { TextInput } from "@mantine/core";
import type { SlotFieldProps } from "./slot-fields.tsx";

/** Edits when an offer ends, in the browser's time zone. */
export function ExpirationField({ label, value, onChange, problem }: SlotFieldProps) {
  const time = value?.source === "text" ? Date.parse(value.value) : Number.NaN;
  return (
    <TextInput
      label={label}
      type="datetime-local"
      value={Number.isNaN(time) ? "" : localTime(new Date(time))}
      onChange={(event) => {
        const entered = new Date(event.currentTarget.value);
        onChange(
          Number.isNaN(entered.getTime()) ? null : { source: "text", value: entered.toISOString() },
        );
      }}
      error={problem}
      maw={280}
    />
  );
}

function localTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

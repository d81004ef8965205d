"use client";
import { NativeSelect } from "@mantine/core";
import { useQuery } from "./use-query.ts";

/** Filters the page's list by one query parameter. */
export function FilterSelect({
  name,
  label,
  any,
  options,
}: {
  name: string;
  label: string;
  /** Label of the option without a filter. */
  any: string;
  options: { value: string; label: string }[];
}) {
  const { params, change } = useQuery();
  return (
    <NativeSelect
      aria-label={label}
      data={[{ value: "", label: any }, ...options]}
      value={params.get(name) ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      w={{ base: "100%", xs: 180 }}
    />
  );
}

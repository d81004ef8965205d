"use client";
import { NativeSelect } from "@mantine/core";
import { useQuery } from "./use-query.ts";

/** Narrows the list of the page by one part of its query. */
export function FilterSelect({
  name,
  label,
  any,
  options,
}: {
  name: string;
  label: string;
  /** The word for no filter. */
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

"use client";
import { useQuery } from "@/ui/use-query.ts";
import { Select } from "@mantine/core";

/** Filters the list by one tag. Offers the current tag even if it isn't among `tags`. */
export function TagFilter({ tags }: { tags: string[] }) {
  const { params, change } = useQuery();
  const tag = params.get("tag");
  return (
    <Select
      aria-label="Tag"
      placeholder="Any tag"
      data={tag === null || tags.includes(tag) ? tags : [tag, ...tags]}
      value={tag}
      onChange={(value) => change({ tag: value })}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Any tag" }}
      w={{ base: "100%", xs: 200 }}
    />
  );
}

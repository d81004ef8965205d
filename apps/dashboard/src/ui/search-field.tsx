"use client";
import { Loader, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useQuery } from "./use-query.ts";

/** Searches the page's list shortly after the last keystroke. */
export function SearchField({ label, placeholder }: { label: string; placeholder?: string }) {
  const { params, change, isPending } = useQuery();
  const inAddress = params.get("search") ?? "";
  const [text, setText] = useState(inAddress);
  const asked = useRef(inAddress);
  // A link may have changed the address. Text that is being typed stays.
  useEffect(() => {
    if (inAddress === asked.current) return;
    asked.current = inAddress;
    setText(inAddress);
  }, [inAddress]);
  const search = useDebouncedCallback((value: string) => {
    asked.current = value.trim();
    change({ search: asked.current });
  }, 300);
  function write(value: string): void {
    setText(value);
    search(value);
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder ?? label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={isPending && <Loader size={14} />}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
      style={{ flex: "1 1 220px" }}
      maxLength={200}
    />
  );
}

"use client";
import { Group, Text, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useState } from "react";

// The palette loads when it is first opened: most page visits don't use it.
const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette), {
  ssr: false,
});

/** Opens the palette when pressed, and on ⌘K or Ctrl+K. */
export function PaletteButton() {
  const [opened, setOpened] = useState(0);
  const open = () => setOpened((times) => times + 1);
  useHotkeys([["mod+K", open]], []);
  return (
    <>
      <UnstyledButton onClick={open} aria-label="Search … Ctrl K" px="sm" py={6}>
        <Group gap="xs" wrap="nowrap" c="dimmed">
          <IconSearch size={17} aria-hidden />
          <Text size="sm" visibleFrom="xs">
            Search …
          </Text>
          <Text span size="xs" visibleFrom="sm" ff="monospace">
            Ctrl K
          </Text>
        </Group>
      </UnstyledButton>
      {opened > 0 && <Palette opened={opened} />}
    </>
  );
}

"use client";
import {
  Group,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { AccountButton } from "./account-button.tsx";

// The dropdown loads when it is first opened: no page needs it earlier.
const AccountDropdown = dynamic(
  () => import("./account-dropdown.tsx").then((module) => module.AccountDropdown),
  { ssr: false, loading: () => <AccountButton /> },
);

/** Switches between light and dark, and opens the profile and sign-out. */
export function AccountMenu() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: true });
  const other = scheme === "light" ? "dark" : "light";
  const [isWanted, setWanted] = useState(false);
  return (
    <Group gap="xs" wrap="nowrap">
      <UnstyledButton
        p={6}
        style={{ display: "flex" }}
        onClick={() => setColorScheme(other)}
        aria-label={`Use the ${other} colours`}
      >
        {scheme === "light" ? (
          <IconMoon size={22} stroke={1.6} />
        ) : (
          <IconSun size={22} stroke={1.6} />
        )}
      </UnstyledButton>
      {isWanted ? (
        <AccountDropdown />
      ) : (
        <AccountButton aria-haspopup="menu" onClick={() => setWanted(true)} />
      )}
    </Group>
  );
}

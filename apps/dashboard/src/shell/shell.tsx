"use client";
import { Group, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconMenu2, IconX } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { AccountMenu } from "./account-menu.tsx";
import { Brand } from "./brand.tsx";
import { NavigationLinks } from "./navigation-links.tsx";
import { OrganizationSwitcher } from "./organization-switcher.tsx";
import { PaletteButton } from "./palette-button.tsx";
import styles from "./shell.module.css";
import { SignInAgain } from "./sign-in-again.tsx";

/** Frames every page with the navigation, the organization switcher and the account menu. */
export function Shell({ children }: { children: ReactNode }) {
  const path = usePathname();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  useHotkeys([["Escape", () => setOpen(false)]]);
  return (
    <div className={styles["shell"]} data-open={isOpen || undefined}>
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <nav className={styles["side"]} aria-label="Main" id="navigation">
        <Group justify="space-between" px="xs" mb="sm" h={40}>
          <Link href="/" aria-label="Loudhailer, home" className={styles["home"]}>
            <Brand />
          </Link>
          <UnstyledButton
            className={styles["toggle"]}
            onClick={() => setOpen(false)}
            aria-label="Close the menu"
          >
            <IconX size={22} aria-hidden />
          </UnstyledButton>
        </Group>
        <OrganizationSwitcher />
        <NavigationLinks path={path} />
      </nav>
      <div className={styles["page"]}>
        <header className={styles["header"]}>
          <Group gap="xs" wrap="nowrap">
            <UnstyledButton
              className={styles["toggle"]}
              onClick={() => setOpen(true)}
              aria-label="Menu"
              aria-expanded={isOpen}
              aria-controls="navigation"
            >
              <IconMenu2 size={22} aria-hidden />
            </UnstyledButton>
            <PaletteButton />
          </Group>
          <AccountMenu />
        </header>
        <main id="main" className={styles["main"]}>
          {children}
        </main>
      </div>
      <SignInAgain />
    </div>
  );
}

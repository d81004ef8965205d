"use client";
import { signOut } from "@/api/sign-out.ts";
import { Menu, Text } from "@mantine/core";
import { IconLogout, IconUserCircle } from "@tabler/icons-react";
import Link from "next/link";
import { AccountButton } from "./account-button.tsx";
import { useMe } from "./rights.tsx";

/** Shows the signed-in account, its profile and sign-out. Is open when it mounts. */
export function AccountDropdown() {
  const { user } = useMe();
  return (
    <Menu position="bottom-end" width={230} defaultOpened>
      <Menu.Target>
        <AccountButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600}>
            {user?.name}
          </Text>
          <Text size="xs">{user?.email}</Text>
        </Menu.Label>
        <Menu.Item
          component={Link}
          href="/settings/profile"
          leftSection={<IconUserCircle size={16} />}
        >
          Profile
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

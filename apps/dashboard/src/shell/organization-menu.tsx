"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { Menu } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import Link from "next/link";
import { OrganizationButton } from "./organization-button.tsx";
import { useMe } from "./rights.tsx";

/** Lists the reader's organizations. Is open when it mounts. */
export function OrganizationMenu() {
  const { organization, organizations } = useMe();
  const { run } = useAction();
  const choose = (organizationId: string) =>
    void run(() => authApi("/organization/set-active", { organizationId }), {
      refresh: false,
      // The page still shows data of the previous organization.
      onDone: () => window.location.assign("/"),
    });
  return (
    <Menu width="target" position="bottom-start" defaultOpened>
      <Menu.Target>
        <OrganizationButton />
      </Menu.Target>
      <Menu.Dropdown>
        {organizations.map(({ id, name }) => (
          <Menu.Item
            key={id}
            onClick={() => choose(id)}
            rightSection={id === organization?.id ? <IconCheck size={16} /> : null}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          component={Link}
          href="/create-organization"
          leftSection={<IconPlus size={16} />}
        >
          New organization
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

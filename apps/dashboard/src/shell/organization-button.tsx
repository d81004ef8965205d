"use client";
import { Group, Text, UnstyledButton } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import type { ComponentProps } from "react";
import { useMe } from "./rights.tsx";

export function OrganizationButton(props: ComponentProps<"button">) {
  const { organization } = useMe();
  return (
    <UnstyledButton
      {...props}
      px="sm"
      py={8}
      aria-label={`Organization: ${organization?.name}. Switch`}
      style={{
        border: "1px solid var(--mantine-color-default-border)",
        borderRadius: "var(--mantine-radius-md)",
      }}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate>
          {organization?.name}
        </Text>
        <IconSelector size={16} aria-hidden />
      </Group>
    </UnstyledButton>
  );
}

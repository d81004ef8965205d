"use client";
import { Group, Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Shows a notice in the color of its severity. Kept small, because any page may show one. */
export function Notice({
  color,
  icon,
  title,
  role,
  children,
  mb,
}: {
  color: "red" | "yellow";
  icon: ReactNode;
  title: string;
  role: "alert" | "status";
  children: ReactNode;
  mb?: string;
}) {
  return (
    <Paper
      p="md"
      role={role}
      c={`var(--mantine-color-${color}-light-color)`}
      bg={`var(--mantine-color-${color}-light)`}
      {...(mb && { mb })}
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        {icon}
        <div style={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
          <Text size="sm" fw={700}>
            {title}
          </Text>
          {children}
        </div>
      </Group>
    </Paper>
  );
}

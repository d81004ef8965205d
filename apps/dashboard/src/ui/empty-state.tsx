import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./empty-state.module.css";

/** Shows why there is nothing to list, and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  headingOrder = 2,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  headingOrder?: 1 | 2 | 3;
}) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="xs" py="lg" maw={460} mx="auto" ta="center">
        <div className={styles["icon"]} aria-hidden>
          {icon}
        </div>
        <Title order={headingOrder} size="h4">
          {title}
        </Title>
        <Text c="dimmed" component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Paper>
  );
}

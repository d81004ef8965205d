import { Paper, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** Frames a part of a page under a second-level heading. `mb` is the space below the heading. */
export function Card({
  title,
  mb = "sm",
  children,
}: {
  title: ReactNode;
  mb?: "xs" | "sm" | "md";
  children: ReactNode;
}) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb={mb}>
        {title}
      </Title>
      {children}
    </Paper>
  );
}

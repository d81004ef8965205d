"use client";
import { UnstyledButton } from "@mantine/core";
import { IconUserCircle } from "@tabler/icons-react";
import type { ComponentProps } from "react";

export function AccountButton(props: ComponentProps<"button">) {
  return (
    <UnstyledButton {...props} aria-label="Account" style={{ display: "flex" }}>
      <IconUserCircle size={32} stroke={1.4} aria-hidden />
    </UnstyledButton>
  );
}

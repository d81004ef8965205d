"use client";
import { Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";

/** A button that leads somewhere; usable in server components, which can't hand a component on. */
export function LinkButton({
  isFile = false,
  ...props
}: ButtonProps & {
  href: string;
  /** What is there is downloaded, not shown. */
  isFile?: boolean;
  "aria-label"?: string;
}) {
  return isFile ? (
    <Button component="a" download {...props} />
  ) : (
    <Button component={Link} {...props} />
  );
}

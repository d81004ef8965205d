"use client";
import { Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";

/** Shows a link as a button. Works in server components, which can't pass components as props. */
export function LinkButton({
  isFile = false,
  ...props
}: ButtonProps & {
  href: string;
  /** Whether the target is downloaded instead of shown. */
  isFile?: boolean;
  "aria-label"?: string;
}) {
  return isFile ? (
    <Button component="a" download {...props} />
  ) : (
    <Button component={Link} {...props} />
  );
}

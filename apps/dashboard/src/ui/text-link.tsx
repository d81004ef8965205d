"use client";
import { Anchor, type AnchorProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

/** Links to a page of the dashboard. Works in server components. */
export function TextLink(
  props: AnchorProps & { href: string; children: ReactNode; target?: "_blank" },
) {
  return <Anchor component={Link} {...props} />;
}

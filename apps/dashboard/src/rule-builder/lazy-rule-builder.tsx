"use client";
import { Skeleton } from "@mantine/core";
import dynamic from "next/dynamic";

/** The rule builder, which loads when it is first shown: it is heavy. */
export const LazyRuleBuilder = dynamic(
  () => import("./rule-builder.tsx").then((module) => module.RuleBuilder),
  { ssr: false, loading: () => <Skeleton height={140} /> },
);

"use client";
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#ecfdf8",
  "#d3f5ea",
  "#a6e9d3",
  "#74dbb9",
  "#46c79f",
  "#22a982",
  "#0d7d62",
  "#0a6a54",
  "#085644",
  "#064436",
];

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 6, dark: 7 },
  colors: { brand },
  fontFamily: "var(--font-inter), system-ui, sans-serif",
  headings: { fontFamily: "var(--font-inter), system-ui, sans-serif", fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: { Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } } },
});

/** Replaces Mantine's text colors whose contrast is below WCAG 2.2 AA. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#4b5563",
    "--mantine-color-placeholder": "#6b7280",
    "--mantine-color-error": "#c01c28",
    "--mantine-color-red-filled": "#c01c28",
    "--mantine-color-red-filled-hover": "#a51d2d",
    ...Object.fromEntries(
      Object.entries(darkTexts).map(([name, color]) => [
        `--mantine-color-${name}-light-color`,
        color,
      ]),
    ),
  },
  dark: {
    "--mantine-color-dimmed": "#b4b8bf",
    "--mantine-color-placeholder": "#9ca3af",
    "--mantine-color-error": "#ff9b9b",
    "--mantine-color-red-filled": "#c01c28",
    "--mantine-color-red-filled-hover": "#a51d2d",
    ...Object.fromEntries(
      Object.keys(darkTexts).map((name) => [
        `--mantine-color-${name}-light-color`,
        colors[name]?.[2] ?? "#e5e7eb",
      ]),
    ),
  },
});

const darkTexts: Record<string, string> = {
  brand: "#085644",
  gray: "#374151",
  red: "#a51d2d",
  yellow: "#7a4a00",
  orange: "#8f3e00",
  green: "#1e6b2e",
  teal: "#0b5f4a",
  blue: "#124a8c",
  violet: "#4c2fa8",
};

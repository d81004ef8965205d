import { Text } from "@mantine/core";

/** How much of a limit is used; red where it is passed. */
export function Counted({ text, max }: { text: string; max: number }) {
  const isOver = text.length > max;
  return (
    <Text
      component="span"
      size="xs"
      c={isOver ? "var(--mantine-color-error)" : "dimmed"}
      fw={isOver ? 600 : 400}
    >
      {text.length} of {max} characters{isOver ? ": too long" : ""}
    </Text>
  );
}

import { Text } from "@mantine/core";

/** Shows how much of a length limit is used, in red if it is exceeded. */
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

import { Text } from "@mantine/core";

/** Shows what is wrong with a group of fields; nothing without a message. */
export function FieldError({ message }: { message: string | undefined }) {
  if (!message) return null;
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {message}
    </Text>
  );
}

"use client";
import { Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Notice } from "./notice.tsx";

/** Shows an error's message, and a button to try again if `onRetry` is set. */
export function Problem({
  title = "That didn't work",
  message,
  onRetry,
}: {
  title?: string;
  message: string;
  onRetry?(): void;
}) {
  return (
    <Notice
      color="red"
      title={title}
      role="alert"
      icon={<IconAlertTriangle size={20} aria-hidden />}
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm">{message}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Group>
    </Notice>
  );
}

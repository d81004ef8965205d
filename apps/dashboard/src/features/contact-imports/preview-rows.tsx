"use client";
import { Badge, Group, LoadingOverlay, Paper, Stack, Text, Title } from "@mantine/core";
import type { ImportPreview } from "./import-settings.ts";

const rowsShown = 5;

/** Shows how the first rows would be imported, and why some would be rejected. */
export function PreviewRows({
  rows,
  isLoading,
}: {
  rows: ImportPreview["rows"];
  isLoading: boolean;
}) {
  const rejected = rows.filter(({ reason }) => reason !== null);
  const others = rows.filter(({ reason }) => reason === null).slice(0, rowsShown);
  return (
    <Paper withBorder p="md" pos="relative">
      <LoadingOverlay visible={isLoading} />
      <Title order={2} size="h4" mb="xs">
        How the first rows are understood
      </Title>
      {rows.length === 0 && <Text c="dimmed">The file has no rows under its headings.</Text>}
      <Stack gap="xs">
        {others.map(({ line, contact }) => (
          <div key={line}>
            <Group gap="xs">
              <Text size="sm" fw={600}>
                {contact?.phone}
              </Text>
              <Text size="sm">{contact?.name}</Text>
              {contact?.tags.map((tag) => (
                <Badge key={tag} variant="light" color="gray" tt="none">
                  {tag}
                </Badge>
              ))}
            </Group>
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {[
                contact?.email,
                ...Object.entries(contact?.attributes ?? {}).map(
                  ([key, value]) => `${key}: ${value}`,
                ),
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </div>
        ))}
        {rejected.slice(0, rowsShown).map(({ line, reason }) => (
          <Group key={line} gap="xs">
            <Badge color="red" variant="light" tt="none">
              Line {line} is left out
            </Badge>
            <Text size="sm">{reason}</Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

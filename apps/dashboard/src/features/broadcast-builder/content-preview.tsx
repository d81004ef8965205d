"use client";
import type { Contact, MessagePreview as Message } from "@/api/types.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { ActionIcon, Group, Skeleton, Text, Title } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";

/** Shows the message as one contact of the audience gets it, and switches between contacts. */
export function ContentPreview({
  message,
  people,
  index,
  setIndex,
}: {
  message: Message | null;
  people: Pick<Contact, "id" | "name" | "phone">[];
  index: number;
  setIndex(index: number): void;
}) {
  const person = people[index];
  return (
    <div>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h5">
          Preview
        </Title>
        {people.length > 0 && (
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="default"
              size="md"
              disabled={index === 0}
              onClick={() => setIndex(index - 1)}
              aria-label="Previous person"
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <Text size="sm" truncate maw={170} role="status">
              {person?.name ?? person?.phone}
            </Text>
            <ActionIcon
              variant="default"
              size="md"
              disabled={index >= people.length - 1}
              onClick={() => setIndex(index + 1)}
              aria-label="Next person"
            >
              <IconChevronRight size={16} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {message === null ? <Skeleton height={200} /> : <MessagePreview message={message} />}
      {people.length === 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          Nobody is in the audience yet; values of contacts show the template&apos;s examples.
        </Text>
      )}
    </div>
  );
}

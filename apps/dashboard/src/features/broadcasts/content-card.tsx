import type { Broadcast, MessagePreview as Message } from "@/api/types.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { Paper, Stack, Text, Title } from "@mantine/core";

/** Shows the message, its template, the number and the audience. */
export function ContentCard({
  broadcast,
  message,
  audience,
}: {
  broadcast: Broadcast;
  message: Message | null;
  audience: string;
}) {
  const { templateName, providerName } = broadcast;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          The message
        </Title>
        {message && <MessagePreview message={message} />}
        <Text size="sm">
          <Text span size="sm" c="dimmed">
            Template{" "}
          </Text>
          {templateName ?? "not chosen yet"}
          <br />
          <Text span size="sm" c="dimmed">
            From{" "}
          </Text>
          {providerName ?? "not chosen yet"}
          <br />
          <Text span size="sm" c="dimmed">
            To{" "}
          </Text>
          {audience}
        </Text>
      </Stack>
    </Paper>
  );
}

import type { Broadcast, MessagePreview as Message } from "@/api/types.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { Card } from "@/ui/card.tsx";
import { Stack, Text } from "@mantine/core";

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
    <Card title="The message">
      <Stack gap="sm">
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
    </Card>
  );
}

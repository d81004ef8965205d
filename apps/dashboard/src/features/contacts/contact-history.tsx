import type { Answer, ContactDetails } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Stack, Text } from "@mantine/core";
import { consentWords } from "./consent-words.ts";

type Message = Answer<"/v1/contacts/{id}/messages">["items"][number];

/** Lists messages to and from a contact, opt-outs and opt-ins, the latest first. */
export function ContactHistory({
  consents,
  messages,
}: {
  consents: ContactDetails["consents"];
  messages: Message[];
}) {
  const entries = [
    ...messages.map((message) => ({ at: message.at, message, consent: null })),
    ...consents.map((consent) => ({ at: consent.happenedAt, message: null, consent })),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Card title="History">
      {entries.length === 0 && <Text c="dimmed">Nothing was sent to them yet.</Text>}
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {entries.map(({ at, message, consent }, index) => (
          <li key={`${at} ${index}`}>
            {message && <MessageEntry message={message} />}
            {consent && <Text size="sm">{consentWords(consent.consent, consent.source)}</Text>}
            <Text size="xs" c="dimmed">
              <DateTime value={at} />
            </Text>
          </li>
        ))}
      </Stack>
    </Card>
  );
}

function MessageEntry({ message }: { message: Message }) {
  const { direction, broadcastId, broadcastName, status, errorTitle } = message;
  const name = broadcastId !== null && (
    <TextLink href={`/broadcasts/${broadcastId}`} size="sm">
      {broadcastName}
    </TextLink>
  );
  if (direction === "inbound") {
    return <Text size="sm">Wrote to you{name && <>, in reply to {name}</>}</Text>;
  }
  return (
    <Text size="sm" component="div">
      {name} {status !== null && <StatusBadge status={status} />}
      {errorTitle !== null && (
        <Text span size="sm" c="dimmed">
          {" "}
          {errorTitle}
        </Text>
      )}
    </Text>
  );
}

import type { ProviderDetail } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import type { Format } from "@/theme/format.ts";
import { Card } from "@/ui/card.tsx";
import { Fact, Facts } from "@/ui/facts.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { Alert, Group, Progress, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { limitOf, limitWords, qualityWords, throughputWords } from "./provider-words.ts";

/** Shows a number's status, limits and quality as Meta reports them. */
export function NumberState({ number, format }: { number: ProviderDetail; format: Format }) {
  const { status, statusMessage, accountAlert, restrictedUntil, nameRejectedReason } = number;
  const limit = limitOf(number);
  const used = number.messagingLimitUsed;
  return (
    <Stack>
      {status !== "connected" && (
        <Alert
          color={status === "disconnected" ? "red" : "yellow"}
          icon={<IconAlertTriangle />}
          title="This number can't send"
        >
          {statusMessage}
        </Alert>
      )}
      {restrictedUntil !== null && (
        <Alert color="yellow" icon={<IconAlertTriangle />}>
          Meta restricts the account until <DateTime value={restrictedUntil} />.
        </Alert>
      )}
      {accountAlert?.description && (
        <Alert color="yellow" icon={<IconAlertTriangle />} title="Meta says">
          {accountAlert.description}
        </Alert>
      )}
      <Card title="How it is" mb="xs">
        <Facts label="State of the number">
          <Fact name="State">
            <StatusBadge status={status} />
          </Fact>
          <Fact name="Phone number">{number.phoneNumber ?? "—"}</Fact>
          <Fact name="Quality">{qualityWords(number.qualityRating)}</Fact>
          <Fact name="Throughput">{throughputWords(number.throughputLevel)}</Fact>
          <Fact name="Rate now">
            {format.number(number.currentMessagesPerSecond)} of{" "}
            {format.number(number.messagesPerSecond)} messages a second
            {number.currentMessagesPerSecond < number.messagesPerSecond &&
              " (lowered because Meta pushed back; it comes back by itself)"}
          </Fact>
          <Fact name="Messaging limit">
            {limitWords(number)}
            {limit !== null && (
              <Group gap="xs" mt={4}>
                <Progress
                  value={Math.min(100, (used / limit) * 100)}
                  flex={1}
                  aria-label="Share of the messaging limit used"
                />
                <Text size="sm">{format.number(used)} used in the last 24 hours</Text>
              </Group>
            )}
          </Fact>
          {nameRejectedReason !== null && (
            <Fact name="Display name">Rejected by Meta: {nameRejectedReason}</Fact>
          )}
          <Fact name="Access token">
            <DateTime value={number.accessTokenExpiresAt} none="Doesn't expire" />
          </Fact>
          <Fact name="Last webhook received">
            <DateTime value={number.lastWebhookAt} none="None yet" />
          </Fact>
        </Facts>
      </Card>
    </Stack>
  );
}

"use client";
import type { Provider } from "@/api/types.ts";
import { Card } from "@/ui/card.tsx";
import { Button, CopyButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Shows the callback URL and verify token that Meta needs to send webhooks. */
export function WebhookCard({ number }: { number: Provider }) {
  return (
    <Card title="Webhooks">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Meta was asked to send its news here when the number was connected. If none arrives, open
          your app at developers.facebook.com › WhatsApp › Configuration, press “Edit” at Webhook,
          and enter these two. Then subscribe to “messages”.
        </Text>
        <CopyField label="Callback URL" value={number.webhookUrl} />
        <CopyField label="Verify token" value={number.webhookVerifyToken} />
      </Stack>
    </Card>
  );
}

function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        value={value}
        readOnly
        flex={1}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy} aria-label={`Copy the ${label}`} px="sm">
            {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

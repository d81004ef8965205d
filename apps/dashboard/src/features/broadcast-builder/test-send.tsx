"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useSubmit } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Button, Group, Paper, Text, TextInput, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useState } from "react";

/** Sends a test message to the reader's own phone before the broadcast is sent. */
export function TestSend({ broadcastId }: { broadcastId: string }) {
  const [to, setTo] = useLocalStorage({ key: "loudhailer-test-phone", defaultValue: "" });
  const [isSent, setSent] = useState(false);
  const { submit, isPending, error } = useSubmit(
    () => {
      setSent(false);
      const request = { params: { path: { id: broadcastId } }, body: { to } };
      return send(browserApi.POST("/v1/broadcasts/{id}/test", request));
    },
    { refresh: false, onDone: () => setSent(true) },
  );
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4">
        Send a test to my phone
      </Title>
      <form onSubmit={submit}>
        <Group align="flex-end" mt="xs">
          <TextInput
            label="My phone number"
            type="tel"
            placeholder="+49 151 23456789"
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={error?.fields["to"]}
            flex="1 1 200px"
          />
          <Button type="submit" variant="default" loading={isPending}>
            Send a test
          </Button>
        </Group>
      </form>
      {isSent && (
        <Alert color="brand" mt="sm" role="status">
          Meta has accepted the test. It arrives in a moment, with the values of somebody from the
          audience.
        </Alert>
      )}
      {error && !error.fields["to"] && (
        <Problem title="The test wasn't sent" message={error.message} />
      )}
      <Text size="xs" c="dimmed" mt={6}>
        The number stays in this browser. Meta counts and charges a test like any message.
      </Text>
    </Paper>
  );
}

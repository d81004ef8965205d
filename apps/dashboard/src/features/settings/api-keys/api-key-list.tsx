"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Answer } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { Code, Group, Paper, Stack, Text } from "@mantine/core";

type ApiKey = Answer<"/v1/api-keys">["items"][number];

/** Lists the organization's API keys with their scopes, creator and last use. */
export function ApiKeyList({ keys }: { keys: ApiKey[] }) {
  if (keys.length === 0) return <Text c="dimmed">There are no keys yet.</Text>;
  return (
    <Stack component="ul" p={0} m={0} style={{ listStyle: "none" }}>
      {keys.map(({ id, name, prefix, scopes, createdBy, createdAt, lastUsedAt }) => (
        <Paper key={id} withBorder p="md" component="li">
          <Group justify="space-between" gap="sm">
            <div style={{ minWidth: 0 }}>
              <Group gap="xs">
                <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                  {name}
                </Text>
                <Code>{prefix}…</Code>
              </Group>
              <Text size="sm" c="dimmed">
                {scopes.includes("write") ? "Reads, changes and sends" : "Only reads"}. Made{" "}
                <DateTime value={createdAt} only="date" />
                {createdBy !== null && ` by ${createdBy}`}, last used{" "}
                <DateTime value={lastUsedAt} none="never" />.
              </Text>
            </div>
            <ConfirmButton
              label="Revoke"
              title={`Revoke the key ${name}?`}
              confirm="Revoke it"
              done="The key is revoked"
              work={() =>
                send(browserApi.DELETE("/v1/api-keys/{id}", { params: { path: { id } } }))
              }
            >
              Programs that use it are refused from now on. It can&apos;t be brought back.
            </ConfirmButton>
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}

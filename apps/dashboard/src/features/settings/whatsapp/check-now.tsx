"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { ProviderCheck } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { Alert, Button, List, ListItem, Stack } from "@mantine/core";
import { IconCheck, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";

const checks: Record<ProviderCheck["problems"][number]["check"], string> = {
  token: "Access token",
  phone_number: "Phone number",
  waba: "WhatsApp Business Account",
  subscription: "Webhooks",
  permissions: "Permissions",
  app_secret: "App secret",
};

/** Checks the number with Meta now and lists every problem. */
export function CheckNow({ id }: { id: string }) {
  const { run, isPending } = useAction();
  const [result, setResult] = useState<ProviderCheck | null>(null);
  function check(): void {
    const request = { params: { path: { id } } };
    void run(() => send(browserApi.POST("/v1/whatsapp-providers/{id}/check", request)), {
      onDone: setResult,
    });
  }
  return (
    <Stack gap="sm">
      <Button
        variant="default"
        w="fit-content"
        loading={isPending}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={check}
      >
        Check with Meta now
      </Button>
      {result?.ok && (
        <Alert color="brand" role="status" icon={<IconCheck />} title="All is well">
          Token, number, account, permissions and webhooks are in order.
        </Alert>
      )}
      {result && !result.ok && (
        <Alert color="red" role="alert" title="Meta isn't content">
          <List size="sm" spacing={6}>
            {result.problems.map(({ check: which, message, advice }) => (
              <ListItem key={`${which} ${message}`}>
                <b>{checks[which]}</b>: {message} {advice}
              </ListItem>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

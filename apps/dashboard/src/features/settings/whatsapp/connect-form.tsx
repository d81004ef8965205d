"use client";
import { browserApi, send } from "@/api/browser.ts";
import { given } from "@/api/given.ts";
import { useAction } from "@/api/use-action.ts";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { WhereToFind } from "./where-to-find.tsx";

/** Connects a number. The values are checked with Meta before anything is stored. */
export function ConnectForm() {
  const router = useRouter();
  const [values, setValues] = useState({
    accessToken: "",
    phoneNumberId: "",
    wabaId: "",
    appSecret: "",
  });
  const { run, isPending, error } = useAction();
  const field = (name: keyof typeof values) => ({
    value: values[name],
    error: error?.fields[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value.trim() }));
    },
  });
  async function connect(event: FormEvent): Promise<void> {
    event.preventDefault();
    const { phoneNumberId, wabaId, accessToken, appSecret } = values;
    const body = { phoneNumberId, wabaId, accessToken, ...given({ appSecret }) };
    const connected = await run(() => send(browserApi.POST("/v1/whatsapp-providers", { body })), {
      quiet: true,
      done: "The number is connected",
    });
    if (connected !== null) router.push(`/settings/whatsapp/${connected.id}`);
  }
  const hasFields = error !== null && Object.keys(error.fields).length > 0;
  return (
    <form onSubmit={(event) => void connect(event)}>
      <Paper withBorder p={{ base: "sm", sm: "lg" }} maw={680}>
        <Stack>
          <PasswordInput
            label="Access token"
            required
            autoComplete="off"
            {...field("accessToken")}
          />
          <WhereToFind what="accessToken" />
          <TextInput
            label="Phone number ID"
            required
            inputMode="numeric"
            autoComplete="off"
            {...field("phoneNumberId")}
          />
          <WhereToFind what="phoneNumberId" />
          <TextInput
            label="WhatsApp Business Account ID"
            required
            inputMode="numeric"
            autoComplete="off"
            {...field("wabaId")}
          />
          <WhereToFind what="wabaId" />
          <PasswordInput label="App secret (optional)" autoComplete="off" {...field("appSecret")} />
          <WhereToFind what="appSecret" />
          {isPending && (
            <Text size="sm" role="status">
              Asking Meta: is the token good, is the number in the account, may messages be sent?
              Then Meta is asked to send us its news …
            </Text>
          )}
          {error && (
            <Problem
              title={hasFields ? "Something isn't right yet" : "Meta doesn't accept it"}
              message={error.message}
            />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={isPending}>
              Check and connect
            </Button>
          </Group>
        </Stack>
      </Paper>
    </form>
  );
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import { given } from "@/api/given.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { WhereToFind } from "./where-to-find.tsx";

/** Connects a number. The values are checked with Meta before anything is stored. */
export function ConnectForm() {
  const router = useRouter();
  const { submit, field, isPending, error } = useForm(
    { accessToken: "", phoneNumberId: "", wabaId: "", appSecret: "" },
    ({ appSecret, ...required }) => {
      const body = { ...required, ...given({ appSecret }) };
      return send(browserApi.POST("/v1/whatsapp-providers", { body }));
    },
    {
      trim: true,
      done: "The number is connected",
      onDone: ({ id }) => router.push(`/settings/whatsapp/${id}`),
    },
  );
  const hasFields = error !== null && Object.keys(error.fields).length > 0;
  return (
    <form onSubmit={submit}>
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

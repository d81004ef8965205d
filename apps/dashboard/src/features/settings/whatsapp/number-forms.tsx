"use client";
import { browserApi, send } from "@/api/browser.ts";
import { given } from "@/api/given.ts";
import type { Provider } from "@/api/types.ts";
import { useForm, useSubmit } from "@/api/use-form.ts";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Button, Group, NumberInput, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { WhereToFind } from "./where-to-find.tsx";

/** Replaces the access token or app secret. Both are checked with Meta before they are stored. */
export function SecretsForm({ number }: { number: Provider }) {
  const params = { path: { id: number.id } };
  const { submit, field, values, isPending, error } = useForm(
    { accessToken: "", appSecret: "" },
    (secrets) =>
      send(browserApi.PATCH("/v1/whatsapp-providers/{id}", { params, body: given(secrets) })),
    { empty: true, trim: true, done: "Saved. Broadcasts that waited for it go on" },
  );
  return (
    <Card title="Access token and app secret">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput label="New access token" autoComplete="off" {...field("accessToken")} />
          <WhereToFind what="accessToken" />
          <PasswordInput
            label={number.hasAppSecret ? "New app secret" : "App secret"}
            description={
              number.hasAppSecret ? "One is there; it is never shown." : "None is there yet."
            }
            autoComplete="off"
            {...field("appSecret")}
          />
          <WhereToFind what="appSecret" />
          {error && <Problem title="Meta doesn't accept it" message={error.message} />}
          <Group justify="flex-end">
            <Button
              type="submit"
              loading={isPending}
              disabled={values.accessToken === "" && values.appSecret === ""}
            >
              Check and save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** Edits the number's highest sending rate. */
export function RateForm({ number }: { number: Provider }) {
  const [rate, setRate] = useState<number | string>(number.messagesPerSecond);
  const [warnings, setWarnings] = useState<string[]>([]);
  const { submit, isPending, error } = useSubmit(
    () => {
      const params = { path: { id: number.id } };
      const body = { messagesPerSecond: Number(rate) };
      return send(browserApi.PATCH("/v1/whatsapp-providers/{id}", { params, body }));
    },
    { done: "The rate is saved", onDone: (saved) => setWarnings(saved.warnings) },
  );
  return (
    <Card title="Sending rate">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <NumberInput
            label="Messages a second at most"
            description="All broadcasts of this number share it. Meta's standard is 80."
            min={1}
            max={10_000}
            allowDecimal={false}
            value={rate}
            onChange={setRate}
            error={error?.message}
            maw={280}
          />
          {warnings.map((warning) => (
            <Alert key={warning} color="yellow" role="status">
              {warning}
            </Alert>
          ))}
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={isPending}
              disabled={rate === "" || rate === number.messagesPerSecond}
            >
              Save the rate
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

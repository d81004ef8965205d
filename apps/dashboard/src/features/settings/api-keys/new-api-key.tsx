"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useState } from "react";

/** Creates an API key and shows it once. */
export function NewApiKey() {
  const [mayWrite, setMayWrite] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const { submit, field, isPending, error } = useForm(
    { name: "" },
    ({ name }) => {
      const scopes: ("read" | "write")[] = mayWrite ? ["read", "write"] : ["read"];
      return send(browserApi.POST("/v1/api-keys", { body: { name, scopes } }));
    },
    { empty: true, onDone: ({ apiKey }) => setKey(apiKey) },
  );
  return (
    <Card title="New key" mb="md">
      <form onSubmit={submit}>
        <Stack>
          {key !== null && (
            <Alert color="brand" role="status" title="Copy it now: it is shown this once">
              <Group gap="xs">
                <Code style={{ overflowWrap: "anywhere" }}>{key}</Code>
                <CopyButton value={key}>
                  {({ copied, copy }) => (
                    <Button size="xs" variant="default" onClick={copy}>
                      {copied ? "Copied" : "Copy the key"}
                    </Button>
                  )}
                </CopyButton>
              </Group>
            </Alert>
          )}
          {error && <Problem message={error.message} />}
          <TextInput
            label="What it is for"
            placeholder="Our shop"
            required
            maxLength={100}
            {...field("name")}
          />
          <Checkbox
            label="May also change things and send"
            description="Without it the key only reads."
            checked={mayWrite}
            onChange={(event) => setMayWrite(event.currentTarget.checked)}
          />
          <Text size="sm" c="dimmed">
            Whoever has the key acts for the whole organization. Keep it like a password.
          </Text>
          <Button type="submit" loading={isPending} w="fit-content">
            Create the key
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
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
import { useState, type FormEvent } from "react";

/** Creates an API key and shows it once. */
export function NewApiKey() {
  const [name, setName] = useState("");
  const [mayWrite, setMayWrite] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const { run, isPending, error } = useAction();
  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    const scopes: ("read" | "write")[] = mayWrite ? ["read", "write"] : ["read"];
    const created = await run(
      () => send(browserApi.POST("/v1/api-keys", { body: { name, scopes } })),
      { quiet: true },
    );
    if (created === null) return;
    setKey(created.apiKey);
    setName("");
  }
  return (
    <Card title="New key" mb="md">
      <form onSubmit={(event) => void create(event)}>
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
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={error?.fields["name"]}
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

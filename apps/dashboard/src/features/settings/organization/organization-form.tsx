"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { useMe } from "@/shell/rights.tsx";
import { Card } from "@/ui/card.tsx";
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

/** Edits the organization's name. */
export function OrganizationForm() {
  const { organization } = useMe();
  const [name, setName] = useState(organization?.name ?? "");
  const { run, isPending, error } = useAction();
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    await run(
      () => authApi("/organization/update", { organizationId: organization?.id, data: { name } }),
      { quiet: true, done: "The name is saved" },
    );
  }
  return (
    <Card title="Name" mb="md">
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <TextInput
            label="Name of the organization"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={error?.message}
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={isPending}
              disabled={name.trim() === "" || name === organization?.name}
            >
              Save the name
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

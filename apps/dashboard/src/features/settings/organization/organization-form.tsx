"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { useMe } from "@/shell/rights.tsx";
import { Card } from "@/ui/card.tsx";
import { Button, Group, Stack, TextInput } from "@mantine/core";

/** Edits the organization's name. */
export function OrganizationForm() {
  const { organization } = useMe();
  const { submit, field, values, isPending, error } = useForm(
    { name: organization?.name ?? "" },
    (data) => authApi("/organization/update", { organizationId: organization?.id, data }),
    { done: "The name is saved" },
  );
  return (
    <Card title="Name" mb="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name of the organization"
            required
            maxLength={100}
            {...field("name")}
            error={error?.message}
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={isPending}
              disabled={values.name.trim() === "" || values.name === organization?.name}
            >
              Save the name
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { useMe } from "@/shell/rights.tsx";
import { Card } from "@/ui/card.tsx";
import {
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  useMantineColorScheme,
} from "@mantine/core";
import { useMounted } from "@mantine/hooks";

export function NameForm() {
  const { user } = useMe();
  const { submit, field, values, isPending, error } = useForm(
    { name: user?.name ?? "" },
    ({ name }) => authApi("/update-user", { name }),
    { done: "Your name is saved" },
  );
  return (
    <Card title="You" mb="md">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            required
            maxLength={200}
            {...field("name")}
            error={error?.message}
            autoComplete="name"
          />
          <TextInput
            label="E-mail address"
            value={user?.email ?? ""}
            readOnly
            description="It is what you sign in with."
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={isPending}
              disabled={values.name.trim() === "" || values.name === user?.name}
            >
              Save the name
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

export function PasswordForm() {
  const { submit, field, isPending, error } = useForm(
    { currentPassword: "", newPassword: "" },
    (values) => authApi("/change-password", { ...values, revokeOtherSessions: true }),
    { empty: true, done: "Your password is changed; other devices are signed out" },
  );
  return (
    <Card title="Password" mb="md">
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            {...field("currentPassword")}
            error={error?.message}
          />
          <PasswordInput
            label="New password"
            description="At least 8 characters"
            autoComplete="new-password"
            required
            minLength={8}
            maxLength={128}
            {...field("newPassword")}
          />
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={isPending}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

export function ColorsForm() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // The server can't read the color scheme that this browser stores.
  const isMounted = useMounted();
  return (
    <Card title="Colours" mb="xs">
      <Stack gap="xs">
        <SegmentedControl
          aria-label="Colours"
          data={[
            { value: "auto", label: "As the device" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
          value={isMounted ? colorScheme : "auto"}
          onChange={(value) =>
            setColorScheme(value === "light" || value === "dark" ? value : "auto")
          }
        />
        <Text size="sm" c="dimmed">
          Kept in this browser.
        </Text>
      </Stack>
    </Card>
  );
}

"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
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
import { useState, type FormEvent } from "react";

export function NameForm() {
  const { user } = useMe();
  const [name, setName] = useState(user?.name ?? "");
  const { run, isPending, error } = useAction();
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    await run(() => authApi("/update-user", { name }), { quiet: true, done: "Your name is saved" });
  }
  return (
    <Card title="You" mb="md">
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <TextInput
            label="Name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
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
              disabled={name.trim() === "" || name === user?.name}
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
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const { run, isPending, error } = useAction();
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await run(
      () =>
        authApi("/change-password", { currentPassword, newPassword, revokeOtherSessions: true }),
      { quiet: true, done: "Your password is changed; other devices are signed out" },
    );
    if (done === null) return;
    setCurrent("");
    setNew("");
  }
  return (
    <Card title="Password" mb="md">
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            value={currentPassword}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={error?.message}
          />
          <PasswordInput
            label="New password"
            description="At least 8 characters"
            autoComplete="new-password"
            required
            minLength={8}
            maxLength={128}
            value={newPassword}
            onChange={(event) => setNew(event.currentTarget.value)}
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

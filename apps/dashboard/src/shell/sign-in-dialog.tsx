"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { Button, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useMe } from "./rights.tsx";

/** Asks for the password. Closes only after a successful sign-in. */
export function SignInDialog({ onSignedIn }: { onSignedIn(): void }) {
  const { user, organization } = useMe();
  const [password, setPassword] = useState("");
  const { run, isPending, error } = useAction();
  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await run(
      async () => {
        await authApi("/sign-in/email", { email: user?.email ?? "", password });
        // A new session starts in the account's first organization.
        await authApi("/organization/set-active", { organizationId: organization?.id ?? "" });
        return true;
      },
      { refresh: false, quiet: true },
    );
    if (done !== null) onSignedIn();
  }
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      title="Your session has ended"
      centered
    >
      <form onSubmit={(event) => void signIn(event)}>
        <Stack>
          <Text size="sm">
            Sign in again as <b>{user?.email}</b> to go on. Nothing you have entered is lost.
          </Text>
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={error?.message}
          />
          <Button type="submit" loading={isPending}>
            Sign in and go on
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

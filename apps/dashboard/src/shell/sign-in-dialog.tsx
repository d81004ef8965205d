"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { Button, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMe } from "./rights.tsx";

/** Asks for the password. Closes only after a successful sign-in. */
export function SignInDialog({ onSignedIn }: { onSignedIn(): void }) {
  const { user, organization } = useMe();
  const { submit, field, isPending, error } = useForm(
    { password: "" },
    async ({ password }) => {
      await authApi("/sign-in/email", { email: user?.email ?? "", password });
      // A new session starts in the account's first organization.
      await authApi("/organization/set-active", { organizationId: organization?.id ?? "" });
    },
    { refresh: false, onDone: onSignedIn },
  );
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      title="Your session has ended"
      centered
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">
            Sign in again as <b>{user?.email}</b> to go on. Nothing you have entered is lost.
          </Text>
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            data-autofocus
            {...field("password")}
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

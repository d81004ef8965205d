"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Anchor, Button, Stack, Text, TextInput, Title } from "@mantine/core";
import Link from "next/link";
import { useState, type FormEvent } from "react";

/** Requests a reset link by email. Its text doesn't reveal whether the account exists. */
export function ForgotPasswordForm() {
  const [email, setEmail] = useState("");
  const [isAsked, setAsked] = useState(false);
  const { run, isPending, error } = useAction();
  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault();
    const redirectTo = `${window.location.origin}/reset-password`;
    const done = await run(() => authApi("/request-password-reset", { email, redirectTo }), {
      refresh: false,
      quiet: true,
    });
    setAsked(done !== null);
  }
  return (
    <form onSubmit={(event) => void ask(event)}>
      <Stack>
        <Title order={1} size="h3">
          Set a new password
        </Title>
        {isAsked ? (
          <Alert color="brand" role="status" title="Look into your mails">
            If there is an account for {email}, a link to set a new password is on its way. It works
            for an hour. Where this server sends no mails, its operator finds the link in the log.
          </Alert>
        ) : (
          <>
            {error && <Problem message={error.message} />}
            <TextInput
              label="E-mail address"
              type="email"
              autoComplete="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" loading={isPending}>
              Mail me a link
            </Button>
          </>
        )}
        <Text size="sm" ta="center">
          <Anchor component={Link} href="/sign-in">
            Back to the sign-in
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}

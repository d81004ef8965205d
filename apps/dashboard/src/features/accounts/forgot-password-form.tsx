"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Anchor, Button, Stack, Text, TextInput, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";

/** Requests a reset link by email. Its text doesn't reveal whether the account exists. */
export function ForgotPasswordForm() {
  const [isAsked, setAsked] = useState(false);
  const { submit, field, values, isPending, error } = useForm(
    { email: "" },
    ({ email }) => {
      const redirectTo = `${window.location.origin}/reset-password`;
      return authApi("/request-password-reset", { email, redirectTo });
    },
    { refresh: false, onDone: () => setAsked(true) },
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          Set a new password
        </Title>
        {isAsked ? (
          <Alert color="brand" role="status" title="Look into your mails">
            If there is an account for {values.email}, a link to set a new password is on its way.
            It works for an hour. Where this server sends no mails, its operator finds the link in
            the log.
          </Alert>
        ) : (
          <>
            {error && <Problem message={error.message} />}
            <TextInput
              label="E-mail address"
              type="email"
              autoComplete="email"
              required
              {...field("email")}
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

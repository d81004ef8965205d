"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Anchor, Button, PasswordInput, Stack, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";

/** Sets a new password with the token of an emailed link. */
export function ResetPasswordForm({ token }: { token: string | null }) {
  const [isDone, setDone] = useState(false);
  const { submit, field, isPending, error } = useForm(
    { newPassword: "" },
    ({ newPassword }) => authApi("/reset-password", { newPassword, token }),
    { refresh: false, onDone: () => setDone(true) },
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          Your new password
        </Title>
        {token === null && (
          <Problem
            title="This link doesn't work any more"
            message="Links to set a password work once, and for an hour. Ask for a new one."
          />
        )}
        {isDone && (
          <Alert color="brand" role="status" title="Your password is set">
            Everybody who was signed in as you is signed out.
          </Alert>
        )}
        {token !== null && !isDone && (
          <>
            {error && <Problem message={error.message} />}
            <PasswordInput
              label="New password"
              description="At least 8 characters"
              autoComplete="new-password"
              required
              minLength={8}
              maxLength={128}
              {...field("newPassword")}
            />
            <Button type="submit" loading={isPending}>
              Set the password
            </Button>
          </>
        )}
        <Anchor
          component={Link}
          href={isDone ? "/sign-in" : "/forgot-password"}
          size="sm"
          ta="center"
        >
          {isDone ? "Sign in" : "Ask for another link"}
        </Anchor>
      </Stack>
    </form>
  );
}

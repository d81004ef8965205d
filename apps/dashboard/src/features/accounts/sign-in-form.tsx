"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import {
  Alert,
  Anchor,
  Button,
  Code,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import Link from "next/link";
import { useState, type FormEvent } from "react";
import { pathWithin } from "./path-within.ts";

export function SignInForm({
  next,
  demo,
}: {
  next: string;
  demo: { email: string; password: string } | null;
}) {
  const [email, setEmail] = useState(demo?.email ?? "");
  const [password, setPassword] = useState(demo?.password ?? "");
  const { run, isPending, error } = useAction();
  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await run(() => authApi("/sign-in/email", { email, password }), {
      refresh: false,
      quiet: true,
    });
    if (done !== null) window.location.assign(pathWithin(next));
  }
  return (
    <form onSubmit={(event) => void signIn(event)}>
      <Stack>
        <Title order={1} size="h3">
          Sign in
        </Title>
        {demo && (
          <Alert color="brand" title="This is a demo on your machine">
            Sign in as <Code>{demo.email}</Code> with the password <Code>{demo.password}</Code>;
            both are filled in below.
          </Alert>
        )}
        {error && (
          <Alert color="red" role="alert">
            {error.message}
          </Alert>
        )}
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={isPending}>
          Sign in
        </Button>
        <Text size="sm" ta="center">
          <Anchor component={Link} href="/forgot-password">
            Forgot the password?
          </Anchor>
          {" · "}
          <Anchor component={Link} href={`/sign-up?next=${encodeURIComponent(next)}`}>
            Create an account
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}

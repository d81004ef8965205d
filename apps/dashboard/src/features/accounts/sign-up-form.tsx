"use client";
import { authApi } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { Problem } from "@/ui/problem.tsx";
import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import Link from "next/link";
import { useState, type FormEvent } from "react";
import { pathWithin } from "./path-within.ts";

const passwordLengthMin = 8;

/** Creates an account, then opens `next`, where it creates or joins an organization. */
export function SignUpForm({ next }: { next: string }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { run, isPending, error } = useAction();
  async function signUp(event: FormEvent): Promise<void> {
    event.preventDefault();
    const done = await run(() => authApi("/sign-up/email", { name, email, password }), {
      refresh: false,
      quiet: true,
    });
    if (done !== null) window.location.assign(pathWithin(next));
  }
  return (
    <form onSubmit={(event) => void signUp(event)}>
      <Stack>
        <Title order={1} size="h3">
          Create an account
        </Title>
        {error && <Problem title="There is no account yet" message={error.message} />}
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
        />
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
          description={`At least ${passwordLengthMin} characters`}
          autoComplete="new-password"
          required
          minLength={passwordLengthMin}
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={isPending}>
          Create the account
        </Button>
        <Text size="sm" ta="center">
          <Anchor component={Link} href={`/sign-in?next=${encodeURIComponent(next)}`}>
            I have an account
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}

"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import Link from "next/link";
import { pathWithin } from "./path-within.ts";

const passwordLengthMin = 8;

/** Creates an account, then opens `next`, where it creates or joins an organization. */
export function SignUpForm({ next }: { next: string }) {
  const { submit, field, isPending, error } = useForm(
    { name: "", email: "", password: "" },
    (values) => authApi("/sign-up/email", values),
    { refresh: false, onDone: () => window.location.assign(pathWithin(next)) },
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          Create an account
        </Title>
        {error && <Problem title="There is no account yet" message={error.message} />}
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          {...field("name")}
          maxLength={200}
        />
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="email"
          required
          {...field("email")}
        />
        <PasswordInput
          label="Password"
          description={`At least ${passwordLengthMin} characters`}
          autoComplete="new-password"
          required
          minLength={passwordLengthMin}
          maxLength={128}
          {...field("password")}
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

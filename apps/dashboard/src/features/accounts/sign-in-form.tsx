"use client";
import { authApi } from "@/api/browser.ts";
import { useForm } from "@/api/use-form.ts";
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
import { pathWithin } from "./path-within.ts";

export function SignInForm({
  next,
  demo,
}: {
  next: string;
  demo: { email: string; password: string } | null;
}) {
  const { submit, field, isPending, error } = useForm(
    demo ?? { email: "", password: "" },
    (values) => authApi("/sign-in/email", values),
    { refresh: false, onDone: () => window.location.assign(pathWithin(next)) },
  );
  return (
    <form onSubmit={submit}>
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
          {...field("email")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          {...field("password")}
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

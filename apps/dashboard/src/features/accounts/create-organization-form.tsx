"use client";
import { authApi } from "@/api/browser.ts";
import { signOut } from "@/api/sign-out.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { Anchor, Button, Stack, Text, TextInput, Title } from "@mantine/core";

/** Creates an organization and switches to it. */
export function CreateOrganizationForm({ email, isFirst }: { email: string; isFirst: boolean }) {
  const { submit, field, isPending, error } = useForm(
    { name: "" },
    async ({ name }) => {
      // The slug is never shown: addresses contain ids.
      const slug = crypto.randomUUID();
      const { id } = await authApi<{ id: string }>("/organization/create", { name, slug });
      return authApi("/organization/set-active", { organizationId: id });
    },
    { refresh: false, onDone: () => window.location.assign("/") },
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h3">
          {isFirst ? "Your organization" : "New organization"}
        </Title>
        <Text size="sm" c="dimmed">
          Numbers, contacts and broadcasts belong to an organization; you can invite your team to
          it.
          {isFirst && " Were you invited to one? Then open the link of the invitation instead."}
        </Text>
        {error && <Problem message={error.message} />}
        <TextInput
          label="Name of the organization"
          autoComplete="organization"
          required
          maxLength={100}
          {...field("name")}
        />
        <Button type="submit" loading={isPending}>
          Create it
        </Button>
        <Text size="sm" ta="center">
          {isFirst ? (
            <>
              Signed in as {email}.{" "}
              <Anchor
                component="button"
                type="button"
                onClick={() => void signOut()}
                underline="always"
              >
                Sign out
              </Anchor>
            </>
          ) : (
            <Anchor href="/">Back</Anchor>
          )}
        </Text>
      </Stack>
    </form>
  );
}

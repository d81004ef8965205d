"use client";
import { authApi } from "@/api/browser.ts";
import { signOut } from "@/api/sign-out.ts";
import { useAction } from "@/api/use-action.ts";
import { Problem } from "@/ui/problem.tsx";
import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";

export interface Invitation {
  id: string;
  organizationId: string;
  organizationName: string;
  inviterEmail: string;
  role: string;
}

/** Shows an invitation to an organization and accepts or declines it. */
export function AcceptInvitation({
  invitation,
  roleWords,
  email,
}: {
  invitation: Invitation | null;
  roleWords: string;
  email: string;
}) {
  const { run, isPending, error } = useAction();
  function answer(verb: "accept" | "reject"): void {
    if (invitation === null) return;
    const { id: invitationId, organizationId } = invitation;
    void run(
      async () => {
        await authApi(`/organization/${verb}-invitation`, { invitationId });
        if (verb === "accept") await authApi("/organization/set-active", { organizationId });
      },
      { refresh: false, quiet: true, onDone: () => window.location.assign("/") },
    );
  }
  return (
    <Stack>
      <Title order={1} size="h3">
        {invitation ? `Join ${invitation.organizationName}` : "This invitation can't be opened"}
      </Title>
      {invitation ? (
        <Text>
          {invitation.inviterEmail} invites you to <b>{invitation.organizationName}</b>. {roleWords}
        </Text>
      ) : (
        <Text>
          It may have been used or taken back, it works for two days only, or it was sent to another
          address than yours. Ask for a new one, or sign in with the address that it was sent to.
        </Text>
      )}
      {error && <Problem message={error.message} />}
      {invitation && (
        <Group>
          <Button loading={isPending} onClick={() => answer("accept")}>
            Join
          </Button>
          <Button variant="default" disabled={isPending} onClick={() => answer("reject")}>
            Decline
          </Button>
        </Group>
      )}
      <Text size="sm" c="dimmed">
        Signed in as {email}.{" "}
        <Anchor
          component="button"
          type="button"
          size="sm"
          underline="always"
          onClick={changeAccount}
        >
          Use another account
        </Anchor>
      </Text>
    </Stack>
  );
}

function changeAccount(): void {
  const { pathname, search } = window.location;
  void signOut(pathname + search);
}

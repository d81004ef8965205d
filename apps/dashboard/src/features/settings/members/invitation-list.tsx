"use client";
import { authApi } from "@/api/browser.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { roleOf } from "@/ui/roles.ts";
import { Button, CopyButton, Group, Stack, Text } from "@mantine/core";

export interface PendingInvitation {
  id: string;
  email: string;
  role: string;
  status: string;
  expiresAt: string;
}

/** Lists pending invitations. Their links can also be copied and sent without email. */
export function InvitationList({
  invitations,
  publicUrl,
}: {
  invitations: PendingInvitation[];
  publicUrl: string;
}) {
  if (invitations.length === 0) return null;
  return (
    <Card title="Invited">
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {invitations.map(({ id, email, role, expiresAt }) => (
          <li key={id}>
            <Group justify="space-between" gap="sm">
              <div style={{ minWidth: 0 }}>
                <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                  {email}
                </Text>
                <Text size="sm" c="dimmed">
                  As {roleOf(role)?.label.toLowerCase()}, until <DateTime value={expiresAt} />
                </Text>
              </div>
              <Group gap="xs">
                <CopyButton value={`${publicUrl}/accept-invitation?id=${id}`}>
                  {({ copied, copy }) => (
                    <Button variant="default" onClick={copy}>
                      {copied ? "Copied" : "Copy the link"}
                    </Button>
                  )}
                </CopyButton>
                <ConfirmButton
                  label="Take back"
                  title={`Take back the invitation of ${email}?`}
                  confirm="Take it back"
                  work={() => authApi("/organization/cancel-invitation", { invitationId: id })}
                >
                  Its link stops working.
                </ConfirmButton>
              </Group>
            </Group>
          </li>
        ))}
      </Stack>
    </Card>
  );
}

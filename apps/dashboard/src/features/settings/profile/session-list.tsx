"use client";
import { authApi } from "@/api/browser.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { Group, Stack, Text } from "@mantine/core";
import { deviceName } from "./device-name.ts";

export interface SessionView {
  token: string;
  isCurrent: boolean;
  userAgent: string | null;
  ipAddress: string | null;
  createdAt: string;
}

/** Lists the reader's sessions and signs the others out. */
export function SessionList({ sessions }: { sessions: SessionView[] }) {
  const others = sessions.filter(({ isCurrent }) => !isCurrent);
  return (
    <Card title="Where you are signed in" mb="md">
      <Stack>
        {sessions.map(({ token, isCurrent, userAgent, ipAddress, createdAt }) => (
          <Group key={token} justify="space-between" gap="sm">
            <div>
              <Text size="sm" fw={600}>
                {deviceName(userAgent)}
                {isCurrent && " (this one)"}
              </Text>
              <Text size="sm" c="dimmed">
                Since <DateTime value={createdAt} />
                {ipAddress && `, from ${ipAddress}`}
              </Text>
            </div>
            {!isCurrent && (
              <ConfirmButton
                label="Sign out"
                title="Sign this device out?"
                confirm="Sign it out"
                work={() => authApi("/revoke-session", { token })}
              >
                Whoever uses it has to enter the password again.
              </ConfirmButton>
            )}
          </Group>
        ))}
        {others.length > 1 && (
          <ConfirmButton
            label="Sign out everywhere else"
            title="Sign out everywhere else?"
            confirm={`Sign out ${others.length} devices`}
            work={() => authApi("/revoke-other-sessions", {})}
          >
            Only this browser stays signed in.
          </ConfirmButton>
        )}
      </Stack>
    </Card>
  );
}

import { readAuth } from "@/api/server.ts";
import { ColorsForm, NameForm, PasswordForm } from "@/features/settings/profile/profile-forms.tsx";
import { SessionList, type SessionView } from "@/features/settings/profile/session-list.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { SimpleGrid, Stack } from "@mantine/core";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Profile" };

type Session = Omit<SessionView, "isCurrent">;

export default async function ProfilePage() {
  const [sessions, current] = await Promise.all([
    readAuth<Session[]>("/list-sessions"),
    readAuth<{ session: Session }>("/get-session"),
  ]);
  const views = (sessions ?? []).map(({ token, userAgent, ipAddress, createdAt }) => ({
    token,
    userAgent,
    ipAddress,
    createdAt,
    isCurrent: token === current?.session.token,
  }));
  return (
    <>
      <PageHeader title="Profile" />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack>
          <NameForm />
          <PasswordForm />
        </Stack>
        <Stack>
          <ColorsForm />
          <SessionList sessions={views} />
        </Stack>
      </SimpleGrid>
    </>
  );
}

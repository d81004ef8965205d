import { api, getMe, read, readAuth } from "@/api/server.ts";
import { publicUrl } from "@/env.ts";
import {
  InvitationList,
  type PendingInvitation,
} from "@/features/settings/members/invitation-list.tsx";
import { InviteForm } from "@/features/settings/members/invite-form.tsx";
import { MemberList } from "@/features/settings/members/member-list.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Grid, GridCol, Stack } from "@mantine/core";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage() {
  const [me, { items }, invitations] = await Promise.all([
    getMe(),
    read((await api()).GET("/v1/members", { params: { query: { limit: 200 } } })),
    readAuth<PendingInvitation[]>("/organization/list-invitations"),
  ]);
  const mayManage = me.rights.includes("manage");
  const now = new Date().toISOString();
  const pending = (invitations ?? []).filter(
    ({ status, expiresAt }) => status === "pending" && expiresAt > now,
  );
  return (
    <>
      <PageHeader
        title="Members"
        description="Who works in this organization, and what they may do."
      />
      <Grid gap="md">
        <GridCol span={{ base: 12, md: mayManage ? 7 : 12 }}>
          <Stack>
            <MemberList members={items} />
            {mayManage && <InvitationList invitations={pending} publicUrl={publicUrl} />}
          </Stack>
        </GridCol>
        {mayManage && (
          <GridCol span={{ base: 12, md: 5 }}>
            <InviteForm />
          </GridCol>
        )}
      </Grid>
    </>
  );
}

import { api, getMe, read } from "@/api/server.ts";
import { OrganizationForm } from "@/features/settings/organization/organization-form.tsx";
import { SettingsForm } from "@/features/settings/organization/settings-form.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Stack } from "@mantine/core";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Organization" };

export default async function OrganizationPage() {
  const [me, settings] = await Promise.all([getMe(), read((await api()).GET("/v1/settings"))]);
  const mayManage = me.rights.includes("manage");
  return (
    <>
      <PageHeader title={me.organization?.name ?? "Organization"} />
      <Stack maw={760}>
        {mayManage && <OrganizationForm />}
        <SettingsForm settings={settings} mayChange={mayManage} />
      </Stack>
    </>
  );
}

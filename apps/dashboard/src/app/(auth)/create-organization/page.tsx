import { getMe } from "@/api/server.ts";
import { CreateOrganizationForm } from "@/features/accounts/create-organization-form.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "New organization" };

export default async function CreateOrganizationPage() {
  const { user, organizations } = await getMe();
  return <CreateOrganizationForm email={user?.email ?? ""} isFirst={organizations.length === 0} />;
}

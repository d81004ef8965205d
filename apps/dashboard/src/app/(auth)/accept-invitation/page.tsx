import { getMe, readAuth } from "@/api/server.ts";
import { AcceptInvitation, type Invitation } from "@/features/accounts/accept-invitation.tsx";
import { roleOf } from "@/ui/roles.ts";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Invitation" };

export default async function AcceptInvitationPage({
  searchParams,
}: {
  searchParams: Promise<{ id?: string }>;
}) {
  const [{ id = "" }, { user }] = await Promise.all([searchParams, getMe()]);
  const invitation = await readAuth<Invitation>(
    `/organization/get-invitation?id=${encodeURIComponent(id)}`,
  );
  const role = roleOf(invitation?.role ?? null);
  return (
    <AcceptInvitation
      invitation={invitation}
      email={user?.email ?? ""}
      roleWords={role ? `You would be a ${role.label.toLowerCase()}: ${role.may}` : ""}
    />
  );
}

import { getMe } from "@/api/server.ts";
import { ConnectForm } from "@/features/settings/whatsapp/connect-form.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Connect a number" };

export default async function ConnectPage() {
  const me = await getMe();
  if (!me.rights.includes("manage")) return <NotAllowed what="connect numbers" />;
  return (
    <>
      <PageHeader
        title="Connect a number"
        back={{ href: "/settings/whatsapp", label: "WhatsApp connection" }}
        description="Everything is checked with Meta before it is kept. Tokens and secrets are stored encrypted and never shown again."
      />
      <ConnectForm />
    </>
  );
}

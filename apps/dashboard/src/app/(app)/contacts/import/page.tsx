import { api, getMe, read } from "@/api/server.ts";
import { ImportSteps } from "@/features/contact-imports/import-steps.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Import contacts" };

export default async function ImportPage() {
  const client = await api();
  const [me, { items }] = await Promise.all([
    getMe(),
    read(client.GET("/v1/tags", { params: { query: { limit: 200 } } })),
  ]);
  if (!me.rights.includes("write")) return <NotAllowed what="import contacts" />;
  return (
    <>
      <PageHeader
        title="Import contacts"
        back={{ href: "/contacts", label: "Contacts" }}
        description="Whoever is there already is updated, by their phone number."
      />
      <ImportSteps tags={items.map(({ tag }) => tag)} />
    </>
  );
}

import { api, read } from "@/api/server.ts";
import { ImportProgress } from "@/features/contact-imports/import-progress.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Import" };

export default async function ImportPage({ params }: { params: Promise<{ id: string }> }) {
  const path = { id: (await params).id };
  const found = await read((await api()).GET("/v1/contact-imports/{id}", { params: { path } }));
  return (
    <>
      <PageHeader
        title={found.fileName ?? "Import"}
        back={{ href: "/contacts/imports", label: "Imports" }}
      />
      <ImportProgress first={found} key={found.id} />
    </>
  );
}

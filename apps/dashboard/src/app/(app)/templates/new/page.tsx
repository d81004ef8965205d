import { api, getMe, read } from "@/api/server.ts";
import { TemplateEditor } from "@/features/templates/editor/template-editor.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { numberTitle } from "@/ui/number-title.ts";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";
import { redirect } from "next/navigation";

export const metadata: Metadata = { title: "New template" };

export default async function NewTemplatePage() {
  const [me, { items }] = await Promise.all([
    getMe(),
    read((await api()).GET("/v1/whatsapp-providers")),
  ]);
  if (!me.rights.includes("manage")) return <NotAllowed what="write templates" />;
  const usable = items.filter(({ movedAt }) => movedAt === null);
  if (usable.length === 0) redirect("/templates");
  return (
    <>
      <PageHeader
        title="New template"
        back={{ href: "/templates", label: "Templates" }}
        description="Meta reviews it, mostly within minutes. Then broadcasts can send it."
      />
      <TemplateEditor
        template={null}
        numbers={usable.map((number) => ({
          value: number.id,
          wabaId: number.wabaId,
          label: numberTitle(number),
        }))}
      />
    </>
  );
}

import { api, getMe, read } from "@/api/server.ts";
import { TemplateEditor } from "@/features/templates/editor/template-editor.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { numberTitle } from "@/ui/number-title.ts";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Edit template" };

export default async function EditTemplatePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const client = await api();
  const [me, template, { items }] = await Promise.all([
    getMe(),
    read(client.GET("/v1/templates/{id}", { params: { path: { id } } })),
    read(client.GET("/v1/whatsapp-providers")),
  ]);
  if (!me.rights.includes("manage")) return <NotAllowed what="change templates" />;
  return (
    <>
      <PageHeader
        title={`Edit ${template.name}`}
        back={{ href: `/templates/${id}`, label: template.name }}
        description="Meta reviews it again. An approved template can be edited once a day and ten times in 30 days."
      />
      <TemplateEditor
        template={template}
        numbers={items
          .filter(({ movedAt }) => movedAt === null)
          .map((number) => ({
            value: number.id,
            wabaId: number.wabaId,
            label: numberTitle(number),
          }))}
      />
    </>
  );
}

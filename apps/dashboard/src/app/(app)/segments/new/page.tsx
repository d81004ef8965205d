import { getMe } from "@/api/server.ts";
import { SegmentEditor } from "@/features/segments/segment-editor.tsx";
import { readRuleFields } from "@/rule-builder/read-rule-fields.ts";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "New segment" };

export default async function NewSegmentPage() {
  const [me, fields] = await Promise.all([getMe(), readRuleFields()]);
  if (!me.rights.includes("write")) return <NotAllowed what="make segments" />;
  return (
    <>
      <PageHeader title="New segment" back={{ href: "/segments", label: "Segments" }} />
      <SegmentEditor segment={null} fields={fields} />
    </>
  );
}

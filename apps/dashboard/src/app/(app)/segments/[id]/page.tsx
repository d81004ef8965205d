import { api, getMe, read } from "@/api/server.ts";
import { DeleteSegment } from "@/features/segments/delete-segment.tsx";
import { SegmentEditor } from "@/features/segments/segment-editor.tsx";
import { readRuleFields } from "@/rule-builder/read-rule-fields.ts";
import { LinkButton } from "@/ui/link-button.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { IconSpeakerphone } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Segment" };

export default async function SegmentPage({ params }: { params: Promise<{ id: string }> }) {
  const path = { id: (await params).id };
  const client = await api();
  const [me, fields, segment] = await Promise.all([
    getMe(),
    readRuleFields(),
    read(client.GET("/v1/segments/{id}", { params: { path } })),
  ]);
  return (
    <>
      <PageHeader
        title={segment.name}
        back={{ href: "/segments", label: "Segments" }}
        actions={
          me.rights.includes("write") && (
            <>
              <LinkButton
                href={`/broadcasts/new?segmentId=${segment.id}`}
                leftSection={<IconSpeakerphone size={16} aria-hidden />}
              >
                Use in a broadcast
              </LinkButton>
              <DeleteSegment id={segment.id} name={segment.name} />
            </>
          )
        }
      />
      <SegmentEditor segment={segment} fields={fields} key={segment.updatedAt} />
    </>
  );
}

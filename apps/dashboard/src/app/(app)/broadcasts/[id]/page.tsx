import { api, getMe, read } from "@/api/server.ts";
import { BroadcastRun } from "@/features/broadcasts/broadcast-run.tsx";
import { ContentCard } from "@/features/broadcasts/content-card.tsx";
import { ScheduledCheck, ScheduledCheckSkeleton } from "@/features/broadcasts/scheduled-check.tsx";
import { describeCriteria } from "@/rule-builder/describe-criteria.ts";
import { readRuleFields } from "@/rule-builder/read-rule-fields.ts";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { cache, Suspense } from "react";

interface Props {
  params: Promise<{ id: string }>;
}

const readBroadcast = cache(async (id: string) =>
  read((await api()).GET("/v1/broadcasts/{id}", { params: { path: { id } } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await readBroadcast((await params).id)).name };
}

export default async function BroadcastPage({ params }: Props) {
  const { id } = await params;
  const client = await api();
  const [me, broadcast, fields] = await Promise.all([getMe(), readBroadcast(id), readRuleFields()]);
  const mayLaunch = me.rights.includes("write");
  if (broadcast.status === "draft" && mayLaunch) {
    redirect(`/broadcasts/${id}/edit/setup`);
  }
  const { templateId, variables, segmentCriteria } = broadcast;
  // The page shows no message if the template has been deleted since.
  const drawn =
    templateId === null
      ? null
      : await client.POST("/v1/templates/{id}/preview", {
          params: { path: { id: templateId } },
          body: { variables },
        });
  return (
    <BroadcastRun
      key={id}
      first={broadcast}
      check={
        mayLaunch &&
        broadcast.status === "scheduled" && (
          <Suspense fallback={<ScheduledCheckSkeleton />}>
            <ScheduledCheck id={id} />
          </Suspense>
        )
      }
      content={
        <ContentCard
          broadcast={broadcast}
          message={drawn?.data?.preview ?? null}
          audience={
            segmentCriteria === null ? "not chosen yet" : describeCriteria(segmentCriteria, fields)
          }
        />
      }
    />
  );
}

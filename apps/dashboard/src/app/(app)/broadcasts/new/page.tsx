import { api, getMe, read } from "@/api/server.ts";
import { NewSetupStep } from "@/features/broadcast-builder/setup-step.tsx";
import { EmptyState } from "@/ui/empty-state.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { IconPlugConnected } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "New broadcast" };

interface Query {
  templateId?: string;
  segmentId?: string;
}

export default async function NewBroadcastPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { templateId, segmentId } = await searchParams;
  const client = await api();
  const [me, { items }, segment] = await Promise.all([
    getMe(),
    read(client.GET("/v1/whatsapp-providers")),
    segmentId === undefined
      ? null
      : read(client.GET("/v1/segments/{id}", { params: { path: { id: segmentId } } })),
  ]);
  const numbers = items.filter(({ movedAt }) => movedAt === null);
  if (!me.rights.includes("write")) return <NotAllowed what="send broadcasts" />;
  return (
    <>
      <PageHeader title="New broadcast" back={{ href: "/broadcasts", label: "Broadcasts" }} />
      {numbers.length === 0 ? (
        <EmptyState
          icon={<IconPlugConnected />}
          title="Connect a number first"
          action={<LinkButton href="/settings/whatsapp">Go to the WhatsApp connection</LinkButton>}
        >
          Broadcasts are sent from a WhatsApp number of your organization.
        </EmptyState>
      ) : (
        <NewSetupStep
          numbers={numbers}
          start={{
            templateId: templateId ?? null,
            segmentCriteria: segment?.segmentCriteria ?? null,
          }}
        />
      )}
    </>
  );
}

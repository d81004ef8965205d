import { given } from "@/api/given.ts";
import { api, getMe, read } from "@/api/server.ts";
import { BroadcastList } from "@/features/broadcasts/broadcast-list.tsx";
import { asStatus, broadcastStatuses } from "@/features/broadcasts/statuses.ts";
import { EmptyState } from "@/ui/empty-state.tsx";
import { FilterSelect } from "@/ui/filter-select.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { SearchField } from "@/ui/search-field.tsx";
import { Group } from "@mantine/core";
import { IconPlus, IconSpeakerphone } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Broadcasts" };

type Query = Record<"search" | "status" | "cursor", string | undefined>;

export default async function BroadcastsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { search, status, cursor } = await searchParams;
  const query = { search, status: asStatus(status) };
  const client = await api();
  const [me, { items, nextCursor }] = await Promise.all([
    getMe(),
    read(
      client.GET("/v1/broadcasts", { params: { query: given({ ...query, cursor, limit: 20 }) } }),
    ),
  ]);
  const newBroadcast = me.rights.includes("write") && (
    <LinkButton href="/broadcasts/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New broadcast
    </LinkButton>
  );
  const isFiltered = Boolean(search ?? status);
  return (
    <>
      <PageHeader
        title="Broadcasts"
        description="Messages to many people at once, and what became of them."
        actions={newBroadcast}
      />
      <Group mb="md" gap="sm">
        <SearchField label="Search broadcasts by name" />
        <FilterSelect name="status" label="State" any="Any state" options={broadcastStatuses} />
      </Group>
      {items.length > 0 && <BroadcastList first={items} />}
      {items.length === 0 && isFiltered && (
        <EmptyState
          icon={<IconSpeakerphone />}
          title="No broadcast is like that"
          action={
            <LinkButton href="/broadcasts" variant="default">
              Show all broadcasts
            </LinkButton>
          }
        >
          Try a part of its name, or another state.
        </EmptyState>
      )}
      {items.length === 0 && !isFiltered && (
        <EmptyState icon={<IconSpeakerphone />} title="No broadcasts yet" action={newBroadcast}>
          Choose who gets it and an approved template; you see every count live while it is sent.
        </EmptyState>
      )}
      <NextPage path="/broadcasts" query={{ search, status, cursor }} nextCursor={nextCursor} />
    </>
  );
}

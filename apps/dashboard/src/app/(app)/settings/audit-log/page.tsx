import { given } from "@/api/given.ts";
import { api, getMe, read } from "@/api/server.ts";
import {
  actionWords,
  describeAction,
  pageOfTarget,
} from "@/features/settings/audit-log/action-words.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { EmptyState } from "@/ui/empty-state.tsx";
import { FilterSelect } from "@/ui/filter-select.tsx";
import { ListTable } from "@/ui/list-table.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group, TableTd, TableTh, TableTr, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Audit log" };

type Query = Record<"action" | "actorUserId" | "cursor", string | undefined>;

export default async function AuditLogPage({ searchParams }: { searchParams: Promise<Query> }) {
  const me = await getMe();
  if (!me.rights.includes("manage")) return <NotAllowed what="see the audit log" />;
  const { action, actorUserId, cursor } = await searchParams;
  const filter = { action, actorUserId };
  const client = await api();
  const [members, { items, nextCursor }] = await Promise.all([
    read(client.GET("/v1/members", { params: { query: { limit: 200 } } })),
    read(
      client.GET("/v1/audit-log", { params: { query: given({ ...filter, cursor, limit: 50 }) } }),
    ),
  ]);
  return (
    <>
      <PageHeader title="Audit log" description="Who did what in this organization, and when." />
      <Group mb="md" gap="sm">
        <FilterSelect
          name="action"
          label="What"
          any="Anything"
          options={Object.entries(actionWords).map(([value, label]) => ({ value, label }))}
        />
        <FilterSelect
          name="actorUserId"
          label="Who"
          any="Anybody"
          options={members.items.map(({ userId, name }) => ({ value: userId, label: name }))}
        />
      </Group>
      {items.length === 0 ? (
        <EmptyState icon={<IconHistory />} title="Nothing was recorded like that">
          Choose fewer filters.
        </EmptyState>
      ) : (
        <ListTable
          label="Audit log"
          head={
            <>
              <TableTh>Who and what</TableTh>
              <TableTh visibleFrom="sm">From</TableTh>
              <TableTh>When</TableTh>
            </>
          }
        >
          {items.map((entry) => {
            const page = pageOfTarget(entry.action, entry.targetType, entry.targetId);
            return (
              <TableTr key={entry.id}>
                <TableTd style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm">
                    <b>{actorName(entry.actor)}</b> {describeAction(entry.action)}{" "}
                    {page !== null && (
                      <TextLink href={page} size="sm" underline="always">
                        (look)
                      </TextLink>
                    )}
                  </Text>
                </TableTd>
                <TableTd visibleFrom="sm">{entry.ipAddress ?? "—"}</TableTd>
                <TableTd>
                  <DateTime value={entry.createdAt} />
                </TableTd>
              </TableTr>
            );
          })}
        </ListTable>
      )}
      <NextPage path="/settings/audit-log" query={{ ...filter, cursor }} nextCursor={nextCursor} />
    </>
  );
}

function actorName({ kind, name }: { kind: string; name: string | null }): string {
  if (kind === "system") return "Loudhailer";
  if (kind === "api_key") return `API key ${name ?? "that is gone"}`;
  return name ?? "Somebody who is gone";
}

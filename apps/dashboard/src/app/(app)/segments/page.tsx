import { given } from "@/api/given.ts";
import { api, getMe, read } from "@/api/server.ts";
import { SegmentCount } from "@/features/segments/segment-count.tsx";
import { describeCriteria } from "@/rule-builder/describe-criteria.ts";
import { readRuleFields } from "@/rule-builder/read-rule-fields.ts";
import { EmptyState } from "@/ui/empty-state.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { ListTable } from "@/ui/list-table.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { TableTd, TableTh, TableTr, Text } from "@mantine/core";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Segments" };

export default async function SegmentsPage({
  searchParams,
}: {
  searchParams: Promise<{ cursor?: string }>;
}) {
  const { cursor } = await searchParams;
  const client = await api();
  const [me, fields, { items, nextCursor }] = await Promise.all([
    getMe(),
    readRuleFields(),
    read(client.GET("/v1/segments", { params: { query: given({ cursor, limit: 30 }) } })),
  ]);
  const mayChange = me.rights.includes("write");
  const newSegment = (
    <LinkButton href="/segments/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New segment
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="Segments"
        description="Groups of contacts by rules. Who belongs to one is looked up anew each time."
        actions={mayChange && items.length > 0 && newSegment}
      />
      {items.length === 0 ? (
        <EmptyState
          icon={<IconUsersGroup />}
          title="No segments yet"
          action={mayChange && newSegment}
        >
          Save who you often write to, such as customers in one city who read your last broadcast.
        </EmptyState>
      ) : (
        <ListTable
          label="Segments"
          head={
            <>
              <TableTh>Segment</TableTh>
              <TableTh w={130}>People</TableTh>
            </>
          }
        >
          {items.map(({ id, name, segmentCriteria }) => (
            <TableTr key={id}>
              <TableTd style={{ overflowWrap: "anywhere" }}>
                <TextLink href={`/segments/${id}`} fw={600}>
                  {name}
                </TextLink>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  {describeCriteria(segmentCriteria, fields)}
                </Text>
              </TableTd>
              <TableTd>
                <SegmentCount id={id} />
              </TableTd>
            </TableTr>
          ))}
        </ListTable>
      )}
      <NextPage path="/segments" query={{ cursor }} nextCursor={nextCursor} />
    </>
  );
}

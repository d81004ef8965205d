import { given } from "@/api/given.ts";
import { api, read } from "@/api/server.ts";
import { importStatus } from "@/features/contact-imports/import-status.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { getFormat } from "@/theme/read-locale.ts";
import { EmptyState } from "@/ui/empty-state.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { ListTable } from "@/ui/list-table.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { TableTd, TableTh, TableTr } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Imports" };

export default async function ImportsPage({
  searchParams,
}: {
  searchParams: Promise<{ cursor?: string }>;
}) {
  const { cursor } = await searchParams;
  const client = await api();
  const [format, { items, nextCursor }] = await Promise.all([
    getFormat(),
    read(client.GET("/v1/contact-imports", { params: { query: given({ cursor, limit: 30 }) } })),
  ]);
  return (
    <>
      <PageHeader title="Imports" back={{ href: "/contacts", label: "Contacts" }} />
      {items.length === 0 ? (
        <EmptyState
          icon={<IconFileImport />}
          title="No imports yet"
          action={<LinkButton href="/contacts/import">Import contacts</LinkButton>}
        >
          Each import stays listed here with its counts and rejected rows.
        </EmptyState>
      ) : (
        <ListTable
          label="Imports"
          head={
            <>
              <TableTh>File</TableTh>
              <TableTh visibleFrom="sm">New</TableTh>
              <TableTh visibleFrom="sm">Updated</TableTh>
              <TableTh visibleFrom="sm">Rejected</TableTh>
              <TableTh>State</TableTh>
              <TableTh visibleFrom="xs">Started</TableTh>
            </>
          }
        >
          {items.map((item) => (
            <TableTr key={item.id}>
              <TableTd style={{ overflowWrap: "anywhere" }}>
                <TextLink href={`/contacts/imports/${item.id}`}>
                  {item.fileName ?? "Import"}
                </TextLink>
              </TableTd>
              <TableTd visibleFrom="sm">{format.number(item.createdContacts)}</TableTd>
              <TableTd visibleFrom="sm">{format.number(item.updatedContacts)}</TableTd>
              <TableTd visibleFrom="sm">{format.number(item.rejectedRows)}</TableTd>
              <TableTd>
                <StatusBadge {...importStatus[item.status]} />
              </TableTd>
              <TableTd visibleFrom="xs">
                <DateTime value={item.createdAt} />
              </TableTd>
            </TableTr>
          ))}
        </ListTable>
      )}
      <NextPage path="/contacts/imports" query={{ cursor }} nextCursor={nextCursor} />
    </>
  );
}

import { given } from "@/api/given.ts";
import { api, read } from "@/api/server.ts";
import { RecipientTable } from "@/features/broadcasts/recipient-table.tsx";
import { asRecipientStatus, recipientStatuses } from "@/features/broadcasts/statuses.ts";
import { EmptyState } from "@/ui/empty-state.tsx";
import { FilterSelect } from "@/ui/filter-select.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { SearchField } from "@/ui/search-field.tsx";
import { Group } from "@mantine/core";
import { IconDownload, IconUsers } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Recipients" };

type Query = Record<"search" | "status" | "errorCode" | "cursor", string | undefined>;
interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Query>;
}

export default async function RecipientsPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { search, status, errorCode, cursor } = await searchParams;
  const filter = given({ search, status: asRecipientStatus(status), errorCode });
  const client = await api();
  const [broadcast, { items, nextCursor }] = await Promise.all([
    read(client.GET("/v1/broadcasts/{id}", { params: { path: { id } } })),
    read(
      client.GET("/v1/broadcasts/{id}/recipients", {
        params: { path: { id }, query: { ...filter, ...given({ cursor }), limit: 50 } },
      }),
    ),
  ]);
  const exported = new URLSearchParams(filter).toString();
  return (
    <>
      <PageHeader
        title="Recipients"
        back={{ href: `/broadcasts/${id}`, label: broadcast.name }}
        actions={
          <LinkButton
            href={`/v1/broadcasts/${id}/recipients.csv${exported && `?${exported}`}`}
            isFile
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export
          </LinkButton>
        }
      />
      <Group mb="md" gap="sm">
        <SearchField
          label="Search recipients"
          placeholder="Search by name, phone number or e-mail address"
        />
        <FilterSelect name="status" label="State" any="Any state" options={recipientStatuses} />
        {errorCode && (
          <LinkButton
            href={`/broadcasts/${id}/recipients${status ? `?status=${status}` : ""}`}
            variant="default"
          >
            Show all reasons
          </LinkButton>
        )}
      </Group>
      {items.length === 0 ? (
        <EmptyState icon={<IconUsers />} title="Nobody is like that">
          Try another name or number, or another state.
        </EmptyState>
      ) : (
        <RecipientTable recipients={items} />
      )}
      <NextPage
        path={`/broadcasts/${id}/recipients`}
        query={{ search, status, errorCode, cursor }}
        nextCursor={nextCursor}
      />
    </>
  );
}

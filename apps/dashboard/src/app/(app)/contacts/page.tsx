import { given } from "@/api/given.ts";
import { api, getMe, read } from "@/api/server.ts";
import { ContactTable } from "@/features/contacts/contact-table.tsx";
import { NewContact } from "@/features/contacts/new-contact.tsx";
import { TagFilter } from "@/features/contacts/tag-filter.tsx";
import { EmptyState } from "@/ui/empty-state.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { SearchField } from "@/ui/search-field.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Group } from "@mantine/core";
import { IconAddressBook, IconDownload, IconFileImport } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Contacts" };

type Query = Record<"search" | "tag" | "cursor", string | undefined>;

export default async function ContactsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { search, tag, cursor } = await searchParams;
  const client = await api();
  const largestPage = { params: { query: { limit: 200 } } };
  const [me, tags, attributes, { items, nextCursor }] = await Promise.all([
    getMe(),
    read(client.GET("/v1/tags", largestPage)),
    read(client.GET("/v1/attributes", largestPage)),
    read(
      client.GET("/v1/contacts", { params: { query: given({ search, tag, cursor, limit: 50 }) } }),
    ),
  ]);
  const mayChange = me.rights.includes("write");
  const isFiltered = Boolean(search ?? tag);
  const exported = new URLSearchParams(given({ search, tag })).toString();
  return (
    <>
      <PageHeader
        title="Contacts"
        description={
          <>
            People you write to.{" "}
            <TextLink href="/contacts/imports" underline="always">
              Earlier imports
            </TextLink>
          </>
        }
        actions={
          <>
            {items.length > 0 && (
              <LinkButton
                href={`/v1/contacts.csv${exported && `?${exported}`}`}
                isFile
                variant="default"
                leftSection={<IconDownload size={16} aria-hidden />}
              >
                Export
              </LinkButton>
            )}
            {mayChange && (
              <>
                <NewContact
                  tags={tags.items.map((entry) => entry.tag)}
                  attributes={attributes.items.map(({ key }) => key)}
                />
                <LinkButton
                  href="/contacts/import"
                  leftSection={<IconFileImport size={16} aria-hidden />}
                >
                  Import
                </LinkButton>
              </>
            )}
          </>
        }
      />
      <Group mb="md" gap="sm">
        <SearchField
          label="Search contacts"
          placeholder="Search by name, phone number or e-mail address"
        />
        <TagFilter tags={tags.items.map((entry) => entry.tag)} />
      </Group>
      {items.length > 0 && <ContactTable contacts={items} tag={search ? null : (tag ?? null)} />}
      {items.length === 0 && isFiltered && (
        <EmptyState
          icon={<IconAddressBook />}
          title="Nobody is like that"
          action={
            <LinkButton href="/contacts" variant="default">
              Show all contacts
            </LinkButton>
          }
        >
          Try a part of the name or number, or another tag.
        </EmptyState>
      )}
      {items.length === 0 && !isFiltered && (
        <EmptyState
          icon={<IconAddressBook />}
          title="No contacts yet"
          action={
            mayChange && <LinkButton href="/contacts/import">Import a list of contacts</LinkButton>
          }
        >
          Bring in the people you write to from a CSV file, as every spreadsheet and shop can save
          it.
        </EmptyState>
      )}
      <NextPage path="/contacts" query={{ search, tag, cursor }} nextCursor={nextCursor} />
    </>
  );
}

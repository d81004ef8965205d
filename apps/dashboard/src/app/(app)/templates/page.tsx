import { given } from "@/api/given.ts";
import { api, getMe, read } from "@/api/server.ts";
import { SyncButton } from "@/features/templates/sync-button.tsx";
import { TemplateCard } from "@/features/templates/template-card.tsx";
import { categories, statuses } from "@/features/templates/words.ts";
import { getFormat } from "@/theme/read-locale.ts";
import { EmptyState } from "@/ui/empty-state.tsx";
import { FilterSelect } from "@/ui/filter-select.tsx";
import { languageCodes, languageName } from "@/ui/languages.ts";
import { LinkButton } from "@/ui/link-button.tsx";
import { NextPage } from "@/ui/next-page.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { SearchField } from "@/ui/search-field.tsx";
import { Group, SimpleGrid } from "@mantine/core";
import { IconMessage2, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Templates" };

type Query = Record<"search" | "status" | "category" | "language" | "cursor", string | undefined>;

export default async function TemplatesPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { search, status, category, language, cursor } = await searchParams;
  const query = { search, status, category, language };
  const client = await api();
  const [me, format, { items: numbers }, { items, nextCursor }] = await Promise.all([
    getMe(),
    getFormat(),
    read(client.GET("/v1/whatsapp-providers")),
    read(
      client.GET("/v1/templates", { params: { query: given({ ...query, cursor, limit: 24 }) } }),
    ),
  ]);
  const isConnected = numbers.some(({ movedAt }) => movedAt === null);
  const maySync = me.rights.includes("write") && isConnected;
  const mayWrite = me.rights.includes("manage") && isConnected;
  const isFiltered = Object.values(query).some(Boolean);
  return (
    <>
      <PageHeader
        title="Templates"
        description="Messages that Meta has approved, or is reviewing. Every broadcast sends one."
        actions={
          <>
            {maySync && <SyncButton />}
            {mayWrite && (
              <LinkButton href="/templates/new" leftSection={<IconPlus size={16} aria-hidden />}>
                New template
              </LinkButton>
            )}
          </>
        }
      />
      <Group mb="md" gap="sm">
        <SearchField label="Search templates by name" />
        <FilterSelect name="status" label="Status" any="Any status" options={statuses} />
        <FilterSelect name="category" label="Category" any="Any category" options={categories} />
        <FilterSelect
          name="language"
          label="Language"
          any="Any language"
          options={languageCodes.map((code) => ({
            value: code,
            label: languageName(code, format.locale),
          }))}
        />
      </Group>
      {items.length === 0 ? (
        <NoTemplates
          isFiltered={isFiltered}
          isConnected={isConnected}
          maySync={maySync}
          mayWrite={mayWrite}
        />
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
          {items.map((template) => (
            <TemplateCard key={template.id} template={template} locale={format.locale} />
          ))}
        </SimpleGrid>
      )}
      <NextPage path="/templates" query={{ ...query, cursor }} nextCursor={nextCursor} />
    </>
  );
}

function NoTemplates({
  isFiltered,
  isConnected,
  maySync,
  mayWrite,
}: {
  isFiltered: boolean;
  isConnected: boolean;
  maySync: boolean;
  mayWrite: boolean;
}) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<IconMessage2 />}
        title="No template is like that"
        action={
          <LinkButton href="/templates" variant="default">
            Show all templates
          </LinkButton>
        }
      >
        Try another name, or fewer filters.
      </EmptyState>
    );
  }
  if (!isConnected) {
    return (
      <EmptyState
        icon={<IconPlugConnected />}
        title="Connect a number first"
        action={<LinkButton href="/settings/whatsapp">Go to the WhatsApp connection</LinkButton>}
      >
        Templates belong to your WhatsApp Business Account. They appear here once a number of it is
        connected.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconMessage2 />}
      title="No templates yet"
      action={
        <Group justify="center">
          {maySync && <SyncButton />}
          {mayWrite && <LinkButton href="/templates/new">Write the first one</LinkButton>}
        </Group>
      }
    >
      Fetch those that you have at Meta, or write one here and hand it in for review.
    </EmptyState>
  );
}

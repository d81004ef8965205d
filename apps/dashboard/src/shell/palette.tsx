"use client";
import "@mantine/spotlight/styles.css";
import { browserApi, send } from "@/api/browser.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import {
  IconAddressBook,
  IconFileImport,
  IconMessage2,
  IconPlus,
  IconSearch,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { navigation } from "./navigation.ts";
import { useMe } from "./rights.tsx";

const [store, spotlight] = createSpotlight();

/** Opens any page, and finds broadcasts, templates and contacts by name. */
export function Palette({ opened }: { opened: number }) {
  const router = useRouter();
  const { rights } = useMe();
  const [query, setQuery] = useState("");
  const [settled] = useDebouncedValue(query.trim(), 200);
  useEffect(() => spotlight.open(), [opened]);
  const { data: found } = useLoaded(
    async () => (settled.length < 2 ? [] : find(settled, (href) => router.push(href))),
    settled,
  );

  const go = (href: string) => () => router.push(href);
  const actions: SpotlightActionData[] = [
    ...(rights.includes("write")
      ? [
          {
            id: "new-broadcast",
            label: "New broadcast",
            leftSection: <IconPlus size={18} />,
            onClick: go("/broadcasts/new"),
          },
          {
            id: "import",
            label: "Import contacts",
            leftSection: <IconFileImport size={18} />,
            onClick: go("/contacts/import"),
          },
        ]
      : []),
    ...navigation
      .flatMap(({ items }) => items)
      .filter(({ right }) => right === undefined || rights.includes(right))
      .map(({ href, label, icon: Icon }) => ({
        id: href,
        label,
        leftSection: <Icon size={18} />,
        onClick: go(href),
      })),
  ].filter(({ label }) => label.toLowerCase().includes(query.trim().toLowerCase()));

  return (
    <Spotlight
      store={store}
      query={query}
      onQueryChange={setQuery}
      // Both lists are already filtered, the API's results by its own search.
      filter={(_query, all) => all}
      actions={[...actions, ...(found ?? [])]}
      nothingFound="Nothing found"
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: "Go to, or search …" }}
    />
  );
}

async function find(search: string, go: (href: string) => void): Promise<SpotlightActionData[]> {
  const query = { search, limit: 5 };
  const [broadcasts, templates, contacts] = await Promise.all([
    send(browserApi.GET("/v1/broadcasts", { params: { query } })),
    send(browserApi.GET("/v1/templates", { params: { query } })),
    send(browserApi.GET("/v1/contacts", { params: { query } })),
  ]).catch(() => [{ items: [] }, { items: [] }, { items: [] }] as const);
  return [
    ...broadcasts.items.map(({ id, name }) => ({
      id: `broadcast-${id}`,
      label: name,
      description: "Broadcast",
      leftSection: <IconSpeakerphone size={18} />,
      onClick: () => go(`/broadcasts/${id}`),
    })),
    ...templates.items.map(({ id, name, language }) => ({
      id: `template-${id}`,
      label: name,
      description: `Template, ${language}`,
      leftSection: <IconMessage2 size={18} />,
      onClick: () => go(`/templates/${id}`),
    })),
    ...contacts.items.map(({ id, name, phone }) => ({
      id: `contact-${id}`,
      label: name ?? phone ?? "Contact",
      description: "Contact",
      leftSection: <IconAddressBook size={18} />,
      onClick: () => go(`/contacts/${id}`),
    })),
  ];
}

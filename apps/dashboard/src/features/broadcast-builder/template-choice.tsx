"use client";
import type { Template } from "@/api/types.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { previewComponents } from "@/message-preview/preview-components.ts";
import { useFormat } from "@/theme/locale.tsx";
import { languageName } from "@/ui/languages.ts";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { SimpleGrid, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import styles from "./template-choice.module.css";

/**
 * Lists the templates of the number's WhatsApp Business Account. Only approved ones that Loudhailer
 * supports can be selected.
 */
export function TemplateChoice({
  templates,
  chosenId,
  onChoose,
}: {
  templates: Template[];
  chosenId: string | null;
  onChoose(template: Template): void;
}) {
  const [search, setSearch] = useState("");
  const found = templates.filter(({ name }) =>
    name.toLowerCase().includes(search.trim().toLowerCase().replaceAll(" ", "_")),
  );
  if (templates.length === 0) {
    return (
      <Text>
        The account of this number has no templates here yet. Go to{" "}
        <TextLink href="/templates" underline="always">
          Templates
        </TextLink>{" "}
        and sync them from Meta, or write one.
      </Text>
    );
  }
  const usableFirst = found.toSorted((a, b) => Number(isUsable(b)) - Number(isUsable(a)));
  return (
    <Stack>
      <TextInput
        type="search"
        aria-label="Search templates by name"
        placeholder="Search templates by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {usableFirst.map((template) => (
          <Choice
            key={template.id}
            template={template}
            isChosen={template.id === chosenId}
            onChoose={() => onChoose(template)}
          />
        ))}
      </SimpleGrid>
      {found.length === 0 && <Text c="dimmed">No template has such a name.</Text>}
    </Stack>
  );
}

function isUsable({ status, unsupported }: Template): boolean {
  return status === "APPROVED" && unsupported.length === 0;
}

function Choice({
  template,
  isChosen,
  onChoose,
}: {
  template: Template;
  isChosen: boolean;
  onChoose(): void;
}) {
  const { locale } = useFormat();
  const { name, language, status, unsupported, components } = template;
  return (
    <UnstyledButton
      className={styles["choice"]}
      disabled={!isUsable(template)}
      onClick={onChoose}
      aria-pressed={isChosen}
      aria-label={`${name}, ${languageName(language, locale)}${isUsable(template) ? "" : ", can't be sent"}`}
    >
      <div inert style={{ height: 230 }}>
        <MessagePreview message={previewComponents(components)} compact />
      </div>
      <Text fw={600} mt="xs" style={{ overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <Text size="sm" c="dimmed">
        {languageName(language, locale)}
      </Text>
      {status !== "APPROVED" && <StatusBadge status={status} />}
      {unsupported[0] && <Text size="xs">{unsupported[0].message}</Text>}
    </UnstyledButton>
  );
}

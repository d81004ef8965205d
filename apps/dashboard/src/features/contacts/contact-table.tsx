"use client";
import type { Contact } from "@/api/types.ts";
import { useMay } from "@/shell/rights.tsx";
import { DateTime } from "@/theme/date-time.tsx";
import { ListTable } from "@/ui/list-table.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Badge, Checkbox, Group, Stack, TableTd, TableTh, TableTr, Text } from "@mantine/core";
import { useState } from "react";
import { BulkActions } from "./bulk-actions.tsx";

/** Lists a page of contacts, which can be selected and changed together. */
export function ContactTable({ contacts, tag }: { contacts: Contact[]; tag: string | null }) {
  const mayChange = useMay("write");
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const chosenHere = contacts.filter(({ id }) => chosen.has(id));
  const isAll = contacts.length > 0 && chosenHere.length === contacts.length;
  function toggle(id: string): void {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }
  return (
    <Stack gap="sm">
      {mayChange && (
        <BulkActions
          chosen={chosenHere}
          tag={tag}
          isWholePage={isAll}
          onDone={() => setChosen(new Set())}
        />
      )}
      <ListTable
        label="Contacts"
        head={
          <>
            {mayChange && (
              <TableTh w={44}>
                <Checkbox
                  aria-label="Choose all on this page"
                  checked={isAll}
                  indeterminate={!isAll && chosenHere.length > 0}
                  onChange={() =>
                    setChosen(isAll ? new Set() : new Set(contacts.map(({ id }) => id)))
                  }
                />
              </TableTh>
            )}
            <TableTh>Contact</TableTh>
            <TableTh visibleFrom="sm">Tags</TableTh>
            <TableTh visibleFrom="md">Last wrote to you</TableTh>
            <TableTh visibleFrom="sm">Added</TableTh>
          </>
        }
      >
        {contacts.map((contact) => (
          <ContactRow
            key={contact.id}
            contact={contact}
            isChosen={chosen.has(contact.id)}
            onToggle={mayChange ? () => toggle(contact.id) : null}
          />
        ))}
      </ListTable>
    </Stack>
  );
}

function ContactRow({
  contact,
  isChosen,
  onToggle,
}: {
  contact: Contact;
  isChosen: boolean;
  onToggle: (() => void) | null;
}) {
  const { id, name, phone, tags, optedIn, lastInboundAt, createdAt } = contact;
  const title = name ?? phone ?? "Without a name";
  return (
    <TableTr {...(isChosen && { bg: "var(--mantine-primary-color-light)" })}>
      {onToggle && (
        <TableTd>
          <Checkbox aria-label={`Choose ${title}`} checked={isChosen} onChange={onToggle} />
        </TableTd>
      )}
      <TableTd style={{ overflowWrap: "anywhere" }}>
        <Group gap="xs">
          <TextLink href={`/contacts/${id}`} fw={600}>
            {title}
          </TextLink>
          {!optedIn && (
            <Badge color="orange" variant="light" tt="none">
              Opted out
            </Badge>
          )}
        </Group>
        {name !== null && (
          <Text size="sm" c="dimmed">
            {phone ?? "No phone number"}
          </Text>
        )}
      </TableTd>
      <TableTd visibleFrom="sm">
        <Tags tags={tags} />
      </TableTd>
      <TableTd visibleFrom="md">
        <DateTime value={lastInboundAt} only="date" />
      </TableTd>
      <TableTd visibleFrom="sm">
        <DateTime value={createdAt} only="date" />
      </TableTd>
    </TableTr>
  );
}

const tagsShown = 3;

function Tags({ tags }: { tags: string[] }) {
  return (
    <Group gap={4}>
      {tags.slice(0, tagsShown).map((tag) => (
        <Badge key={tag} variant="light" color="gray" tt="none">
          {tag}
        </Badge>
      ))}
      {tags.length > tagsShown && (
        <Text size="xs" c="dimmed">
          and {tags.length - tagsShown} more
        </Text>
      )}
    </Group>
  );
}

"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Contact } from "@/api/types.ts";
import { useForm } from "@/api/use-form.ts";
import { Problem } from "@/ui/problem.tsx";
import { ActionIcon, Button, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { attributeChanges, attributeRows, type AttributeRow } from "./attribute-rows.ts";

/** Creates a contact or edits an existing one. */
export function ContactForm({
  contact,
  tags: knownTags,
  attributes: knownAttributes,
  onSaved,
}: {
  contact: Contact | null;
  tags: string[];
  attributes: string[];
  onSaved(id: string): void;
}) {
  const [tags, setTags] = useState(contact?.tags ?? []);
  const [rows, setRows] = useState(() => attributeRows(contact?.attributes ?? {}, knownAttributes));
  const { submit, field, isPending, error } = useForm(
    { phone: contact?.phone ?? "", name: contact?.name ?? "", email: contact?.email ?? "" },
    ({ phone, name, email }) => {
      const common = { name: name.trim() || null, email: email.trim() || null, tags };
      const attributes = attributeChanges(contact?.attributes ?? {}, rows);
      return contact === null
        ? send(
            browserApi.POST("/v1/contacts", {
              body: { phone, ...common, attributes: withoutNulls(attributes) },
            }),
          )
        : send(
            browserApi.PATCH("/v1/contacts/{id}", {
              params: { path: { id: contact.id } },
              body: { ...common, attributes, ...(phone !== contact.phone && phone && { phone }) },
            }),
          );
    },
    { done: "The contact is saved", onDone: ({ id }) => onSaved(id) },
  );
  const fields = error?.fields ?? {};
  return (
    <form onSubmit={submit}>
      <Stack>
        {error && Object.keys(fields).length === 0 && <Problem message={error.message} />}
        <TextInput
          label="Phone number"
          description="With the country code, such as +49 151 23456789"
          type="tel"
          required={contact === null || contact.phone !== null}
          {...field("phone")}
        />
        <TextInput label="Name" {...field("name")} />
        <TextInput label="E-mail address" type="email" {...field("email")} />
        <TagsInput
          label="Tags"
          data={knownTags}
          value={tags}
          onChange={setTags}
          acceptValueOnBlur
          maxTags={100}
          error={fields["tags"]}
        />
        <AttributeFields rows={rows} onChange={setRows} fields={fields} />
        <Group justify="flex-end">
          <Button type="submit" loading={isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function AttributeFields({
  rows,
  onChange,
  fields,
}: {
  rows: AttributeRow[];
  onChange(rows: AttributeRow[]): void;
  fields: Record<string, string>;
}) {
  const change = (index: number, changes: Partial<AttributeRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...changes } : row)));
  return (
    <Stack gap="xs" role="group" aria-label="Your own columns">
      <Text size="sm" fw={500}>
        Your own columns
      </Text>
      {rows.map((row, index) => (
        <Group key={row.id} gap="xs" wrap="nowrap" align="flex-start">
          {row.isNew ? (
            <TextInput
              aria-label="Name of the column"
              placeholder="Name"
              value={row.key}
              onChange={(event) => change(index, { key: event.currentTarget.value })}
              flex={1}
              maxLength={200}
            />
          ) : (
            <Text size="sm" flex={1} pt={8} style={{ overflowWrap: "anywhere" }}>
              {row.key}
            </Text>
          )}
          <TextInput
            aria-label={row.key === "" ? "Value" : `Value of ${row.key}`}
            value={row.value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
            flex={2}
            error={fields[`attributes.${row.key}`]}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
            aria-label={`Remove ${row.key || "the column"}`}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="xs"
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() =>
          onChange([
            ...rows,
            { id: `new-${rows.length}-${Date.now()}`, key: "", value: "", isNew: true },
          ])
        }
      >
        Add a column
      </Button>
    </Stack>
  );
}

function withoutNulls<T>(values: Record<string, T | null>): Record<string, T> {
  const given: Record<string, T> = {};
  for (const [key, value] of Object.entries(values)) if (value !== null) given[key] = value;
  return given;
}

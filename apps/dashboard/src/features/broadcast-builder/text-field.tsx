"use client";
import { Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import type { SlotFieldProps } from "./slot-fields.tsx";

const contactFields = [
  { value: "name", label: "Name" },
  { value: "phone", label: "Phone number" },
  { value: "email", label: "E-mail address" },
];

/** Edits a text value: a contact field with a fallback value, or one text for all recipients. */
export function TextField({
  slot,
  label,
  value,
  onChange,
  problem,
  attributes,
}: SlotFieldProps & { attributes: string[] }) {
  const isText = value?.source === "text";
  const lengthMax = slot.limits.lengthMax;
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={`What fills ${label}`}
          data={[
            { value: "field", label: "From the contact" },
            { value: "text", label: "Same for all" },
          ]}
          value={isText ? "text" : "field"}
          onChange={(source) => onChange(source === "text" ? { source: "text", value: "" } : null)}
        />
      </Group>
      {isText ? (
        <TextInput
          aria-label={`Text for ${label}`}
          placeholder={slot.example ?? ""}
          value={value.value}
          onChange={(event) => onChange({ source: "text", value: event.currentTarget.value })}
          error={problem}
          description={
            lengthMax === null ? undefined : `${value.value.length} of ${lengthMax} characters`
          }
        />
      ) : (
        <Group align="flex-start" gap="xs">
          <Select
            aria-label={`Contact field for ${label}`}
            placeholder="Choose a field"
            data={[
              { group: "Contact", items: contactFields },
              {
                group: "Your own columns",
                items: attributes.map((key) => ({ value: `attributes.${key}`, label: key })),
              },
            ]}
            value={value?.source === "field" ? value.field : null}
            onChange={(field) =>
              field && onChange({ ...(value?.source === "field" && value), source: "field", field })
            }
            searchable
            error={problem}
            flex="1 1 170px"
          />
          {value?.source === "field" && (
            <TextInput
              aria-label={`If it is empty, for ${label}`}
              placeholder="If it is empty …"
              value={value.fallback ?? ""}
              onChange={(event) =>
                onChange({ ...value, fallback: event.currentTarget.value || null })
              }
              maxLength={1_024}
              flex="1 1 150px"
            />
          )}
        </Group>
      )}
    </Stack>
  );
}

"use client";
import { FieldError } from "@/ui/field-error.tsx";
import { Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import type { SlotFieldProps } from "./slot-fields.tsx";

/** Edits a location: its coordinates, name and address. */
export function LocationField({ label, value, onChange, problem }: SlotFieldProps) {
  const place =
    value?.source === "location"
      ? value
      : { source: "location" as const, latitude: 0, longitude: 0 };
  function change(changes: Partial<typeof place>): void {
    const { name, address, ...rest } = { ...place, ...changes };
    onChange({ ...rest, ...(name && { name }), ...(address && { address }) });
  }
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Group gap="xs" grow>
        <NumberInput
          label="Latitude"
          min={-90}
          max={90}
          decimalScale={6}
          value={value === null ? "" : place.latitude}
          onChange={(latitude) => change({ latitude: Number(latitude) })}
        />
        <NumberInput
          label="Longitude"
          min={-180}
          max={180}
          decimalScale={6}
          value={value === null ? "" : place.longitude}
          onChange={(longitude) => change({ longitude: Number(longitude) })}
        />
      </Group>
      <TextInput
        label="Name of the place"
        maxLength={1_000}
        value={("name" in place && place.name) || ""}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <TextInput
        label="Address"
        maxLength={1_000}
        value={("address" in place && place.address) || ""}
        onChange={(event) => change({ address: event.currentTarget.value })}
      />
      <FieldError message={problem} />
    </Stack>
  );
}

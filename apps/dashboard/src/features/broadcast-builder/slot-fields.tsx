"use client";
import type { TemplateSlot, TemplateVariables, VariableValue } from "@/api/types.ts";
import { Stack, Text } from "@mantine/core";
import { ExpirationField } from "./expiration-field.tsx";
import { LocationField } from "./location-field.tsx";
import { MediaField } from "./media-field.tsx";
import { slotLabel } from "./slot-label.ts";
import { TextField } from "./text-field.tsx";
import { valueAt, withValue } from "./variables.ts";

/** Shows one field for each variable of the template. */
export function SlotFields({
  slots,
  variables,
  onChange,
  attributes,
  providerId,
  problems,
}: {
  slots: TemplateSlot[];
  variables: TemplateVariables;
  onChange(variables: TemplateVariables): void;
  attributes: string[];
  providerId: string;
  /** Messages about invalid values, keyed by slot path. */
  problems: Record<string, string>;
}) {
  if (slots.length === 0) {
    return <Text c="dimmed">This template has none: everybody gets the same message.</Text>;
  }
  return (
    <Stack gap="lg">
      {slots.map((slot) => (
        <SlotField
          key={slot.path}
          slot={slot}
          value={valueAt(variables, slot.path)}
          onChange={(value) => onChange(withValue(variables, slot.path, value))}
          attributes={attributes}
          providerId={providerId}
          problem={problems[slot.path]}
        />
      ))}
    </Stack>
  );
}

export interface SlotFieldProps {
  slot: TemplateSlot;
  label: string;
  value: VariableValue | null;
  onChange(value: VariableValue | null): void;
  problem: string | undefined;
}

function SlotField({
  attributes,
  providerId,
  ...rest
}: Omit<SlotFieldProps, "label"> & { attributes: string[]; providerId: string }) {
  const props = { ...rest, label: slotLabel(rest.slot) };
  switch (rest.slot.type) {
    case "image":
    case "video":
    case "document":
      return <MediaField {...props} kind={rest.slot.type} providerId={providerId} />;
    case "location":
      return <LocationField {...props} />;
    case "expiration":
      return <ExpirationField {...props} />;
    case "text":
    case "url_suffix":
    case "quick_reply_payload":
    case "coupon_code":
    case "flow_token":
      return <TextField {...props} attributes={attributes} />;
  }
}

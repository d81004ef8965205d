"use client";
import { scalarText } from "@/api/json.ts";
import { Group, MultiSelect, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import type { ValueEditorProps } from "react-querybuilder";
import { useRuleField, useRuleFields } from "./fields-context.ts";
import type { FieldKind } from "./rule-fields.ts";

/** Edits the value of a rule, by the kind of its field. */
export function RuleValue({ field, operator, value, handleOnChange }: ValueEditorProps) {
  const { kind, label } = useRuleField(field);
  const { tags, broadcasts } = useRuleFields();
  const named = `Value for ${label}`;
  if (operator === "null" || operator === "notNull") return null;
  const isList = operator === "in" || operator === "notIn";
  if (operator === "between" || operator === "notBetween") {
    return <Range label={named} kind={kind} value={value} onChange={handleOnChange} />;
  }
  if (isList && kind !== "broadcast") {
    return (
      <TagsInput
        aria-label={named}
        placeholder={textsOf(value).length === 0 ? "Choose or type" : ""}
        data={kind === "tag" ? tags : []}
        value={textsOf(value)}
        onChange={handleOnChange}
        acceptValueOnBlur
        maxDropdownHeight={240}
        flex={grow}
      />
    );
  }
  if (kind === "broadcast" || kind === "tag" || kind === "yesNo") {
    const choices = {
      broadcast: broadcasts.map(({ id, name }) => ({ value: id, label: name })),
      tag: withOwn(tags, value),
      yesNo: [
        { value: "true", label: "Yes" },
        { value: "false", label: "No" },
      ],
    };
    const common = { "aria-label": named, data: choices[kind], onChange: handleOnChange };
    return isList ? (
      <MultiSelect {...common} value={textsOf(value)} searchable flex={grow} />
    ) : (
      <Select {...common} value={textOf(value) || null} searchable={kind !== "yesNo"} flex={grow} />
    );
  }
  if (operator === "withinDays" || operator === "notWithinDays") {
    return (
      <NumberInput
        aria-label={named}
        min={1}
        max={3650}
        allowDecimal={false}
        value={Number(value) || ""}
        onChange={handleOnChange}
        flex={grow}
      />
    );
  }
  return <SingleValue label={named} kind={kind} value={textOf(value)} onChange={handleOnChange} />;
}

const grow = "1 1 160px";

function SingleValue({
  label,
  kind,
  value,
  onChange,
}: {
  label: string;
  kind: FieldKind;
  value: string;
  onChange(value: string): void;
}) {
  return (
    <TextInput
      aria-label={label}
      type={kind === "date" ? "date" : "text"}
      inputMode={kind === "number" ? "decimal" : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={1_000}
      flex={grow}
    />
  );
}

function Range({
  label,
  kind,
  value,
  onChange,
}: {
  label: string;
  kind: FieldKind;
  value: unknown;
  onChange(value: string[]): void;
}) {
  const [from = "", to = ""] = textsOf(value);
  return (
    <Group gap="xs" flex="1 1 240px">
      <SingleValue
        label={`${label}, from`}
        kind={kind}
        value={from}
        onChange={(changed) => onChange([changed, to])}
      />
      <SingleValue
        label={`${label}, to`}
        kind={kind}
        value={to}
        onChange={(changed) => onChange([from, changed])}
      />
    </Group>
  );
}

function textOf(value: unknown): string {
  return scalarText(Array.isArray(value) ? value[0] : value);
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(scalarText);
  const text = textOf(value);
  return text === "" ? [] : text.split(",");
}

function withOwn(tags: string[], value: unknown): string[] {
  const own = textOf(value);
  return own === "" || tags.includes(own) ? tags : [...tags, own];
}

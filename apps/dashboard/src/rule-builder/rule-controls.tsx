"use client";
import { ActionIcon, Button, Checkbox, SegmentedControl, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type {
  ActionProps,
  CombinatorSelectorProps,
  FieldSelectorProps,
  NotToggleProps,
  OperatorSelectorProps,
} from "react-querybuilder";
import { useRuleField, useRuleFields } from "./fields-context.ts";
import { fieldGroups, operatorsOf } from "./rule-fields.ts";

export function FieldSelect({ value, handleOnChange }: FieldSelectorProps) {
  const groups = fieldGroups(useRuleFields()).map(({ group, fields }) => ({
    group,
    items: fields.map(({ name, label }) => ({ value: name, label })),
  }));
  return (
    <Select
      aria-label="What the rule is about"
      data={groups}
      value={value ?? null}
      onChange={(chosen) => chosen && handleOnChange(chosen)}
      searchable
      allowDeselect={false}
      flex="1 1 170px"
    />
  );
}

export function OperatorSelect({ field, value, handleOnChange }: OperatorSelectorProps) {
  const { kind, label } = useRuleField(field);
  return (
    <Select
      aria-label={`How ${label} compares`}
      data={operatorsOf(kind).map(({ name, label: words }) => ({ value: name, label: words }))}
      value={value ?? null}
      onChange={(chosen) => chosen && handleOnChange(chosen)}
      allowDeselect={false}
      flex="1 1 150px"
    />
  );
}

export function CombinatorSelect({ value, handleOnChange, level }: CombinatorSelectorProps) {
  return (
    <SegmentedControl
      aria-label={level === 0 ? "How the rules combine" : "How the rules of this group combine"}
      size="xs"
      data={[
        { value: "and", label: "All of these" },
        { value: "or", label: "Any of these" },
      ]}
      value={value ?? "and"}
      onChange={handleOnChange}
    />
  );
}

export function NotToggle({ checked, handleOnChange }: NotToggleProps) {
  return (
    <Checkbox
      size="xs"
      label="the opposite"
      checked={checked ?? false}
      onChange={(event) => handleOnChange(event.currentTarget.checked)}
    />
  );
}

export function AddRule({ handleOnClick }: ActionProps) {
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => handleOnClick()}
    >
      Add a rule
    </Button>
  );
}

const depthMax = 5;

export function AddGroup({ handleOnClick, level }: ActionProps) {
  if (level >= depthMax - 1) return null;
  return (
    <Button
      size="xs"
      variant="subtle"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => handleOnClick()}
    >
      Add a group
    </Button>
  );
}

export function Remove({ handleOnClick, ruleOrGroup }: ActionProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => handleOnClick()}
      aria-label={"rules" in ruleOrGroup ? "Remove this group" : "Remove this rule"}
    >
      <IconTrash size={16} />
    </ActionIcon>
  );
}

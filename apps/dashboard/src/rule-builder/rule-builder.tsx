"use client";
import type { SegmentCriteria } from "@/api/types.ts";
import { useState } from "react";
import { QueryBuilder, type RuleGroupType } from "react-querybuilder";
import { FieldsContext } from "./fields-context.ts";
import styles from "./rule-builder.module.css";
import {
  AddGroup,
  AddRule,
  CombinatorSelect,
  FieldSelect,
  NotToggle,
  OperatorSelect,
  Remove,
} from "./rule-controls.tsx";
import { fieldGroups, fieldOf, operatorsOf, type RuleFields } from "./rule-fields.ts";
import { RuleValue } from "./rule-value.tsx";
import { cleanGroup, groupOf, type SegmentGroup } from "./segment-rules.ts";

const controls = {
  fieldSelector: FieldSelect,
  operatorSelector: OperatorSelect,
  valueEditor: RuleValue,
  combinatorSelector: CombinatorSelect,
  notToggle: NotToggle,
  addRuleAction: AddRule,
  addGroupAction: AddGroup,
  removeRuleAction: Remove,
  removeGroupAction: Remove,
};

/**
 * Edits rules on contacts; no rules mean everyone. The component is heavy: use LazyRuleBuilder.
 * `value` is the initial value only. `onChange` gets each change in the form that the API takes.
 */
export function RuleBuilder({
  value,
  onChange,
  fields,
}: {
  value: SegmentCriteria | SegmentGroup | null;
  onChange(group: SegmentGroup): void;
  fields: RuleFields;
}) {
  // The builder's own query has ids that keep the focus in place.
  const [query, setQuery] = useState(() => queryOf(groupOf(value)));
  function change(changed: RuleGroupType): void {
    setQuery(changed);
    onChange(cleanGroup(changed));
  }
  return (
    <FieldsContext value={fields}>
      <div className={styles["builder"]} role="group" aria-label="Rules">
        <QueryBuilder
          query={query}
          onQueryChange={change}
          fields={fieldGroups(fields).flatMap((group) =>
            group.fields.map(({ name, label }) => ({ name, label })),
          )}
          getOperators={(field) => operatorsOf(fieldOf(field, fields).kind)}
          getDefaultValue={({ operator }) => (operator === "in" || operator === "notIn" ? [] : "")}
          controlElements={controls}
          showNotToggle
          listsAsArrays
          resetOnFieldChange
          resetOnOperatorChange
          enableDragAndDrop={false}
        />
      </div>
    </FieldsContext>
  );
}

function queryOf({ combinator, not, rules }: SegmentGroup): RuleGroupType {
  return {
    combinator,
    not: not === true,
    rules: rules.map((rule) => ("rules" in rule ? queryOf(rule) : { value: "", ...rule })),
  };
}

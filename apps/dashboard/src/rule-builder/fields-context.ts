"use client";
import { createContext, use } from "react";
import { fieldOf, type RuleField, type RuleFields } from "./rule-fields.ts";

export const FieldsContext = createContext<RuleFields>({
  tags: [],
  attributes: [],
  broadcasts: [],
});

export function useRuleFields(): RuleFields {
  return use(FieldsContext);
}

export function useRuleField(name: string): RuleField {
  return fieldOf(name, use(FieldsContext));
}

/** Tags, attributes and broadcasts that rules can use in this organization. */
export interface RuleFields {
  tags: string[];
  attributes: { key: string; type: "text" | "number" | "boolean" | "date" }[];
  broadcasts: { id: string; name: string }[];
}

export type FieldKind = "text" | "number" | "date" | "yesNo" | "tag" | "broadcast" | "presence";

export interface RuleField {
  name: string;
  label: string;
  kind: FieldKind;
}

const contactFields: RuleField[] = [
  { name: "tag", label: "Tag", kind: "tag" },
  { name: "name", label: "Name", kind: "text" },
  { name: "phone", label: "Phone number", kind: "text" },
  { name: "email", label: "E-mail address", kind: "text" },
  { name: "optedIn", label: "Wants messages", kind: "yesNo" },
  { name: "createdAt", label: "Added", kind: "date" },
  { name: "lastInboundAt", label: "Last wrote to you", kind: "date" },
  { name: "lastSentAt", label: "Last got a message", kind: "date" },
  { name: "whatsappUserId", label: "WhatsApp user id", kind: "presence" },
];

const broadcastFields: RuleField[] = [
  { name: "broadcast.targeted", label: "Was in the audience of", kind: "broadcast" },
  { name: "broadcast.sent", label: "Was sent", kind: "broadcast" },
  { name: "broadcast.delivered", label: "Received", kind: "broadcast" },
  { name: "broadcast.read", label: "Read", kind: "broadcast" },
  { name: "broadcast.replied", label: "Replied to", kind: "broadcast" },
];

/** Returns all fields in the groups that the selector shows. */
export function fieldGroups({ attributes, broadcasts }: RuleFields) {
  const kinds = { text: "text", number: "number", boolean: "yesNo", date: "date" } as const;
  return [
    { group: "Contact", fields: contactFields },
    {
      group: "Your own columns",
      fields: attributes.map(({ key, type }): RuleField => ({
        name: `attributes.${key}`,
        label: key,
        // Date attributes compare as text; `withinDays` works only on Loudhailer's own times.
        kind: type === "date" ? "text" : kinds[type],
      })),
    },
    { group: "Earlier broadcasts", fields: broadcasts.length > 0 ? broadcastFields : [] },
  ].filter(({ fields }) => fields.length > 0);
}

/** Returns the field with this name, even if no contact has it any more. */
export function fieldOf(name: string, fields: RuleFields): RuleField {
  const known = [...fieldGroups(fields).flatMap((group) => group.fields), ...broadcastFields];
  return (
    known.find((field) => field.name === name) ?? {
      name,
      label: name.replace(/^attributes\./, ""),
      kind: "text",
    }
  );
}

const presence = { null: "is empty", notNull: "is there" };

const texts: Record<string, string> = {
  "=": "is",
  "!=": "is not",
  contains: "contains",
  doesNotContain: "doesn't contain",
  beginsWith: "begins with",
  doesNotBeginWith: "doesn't begin with",
  endsWith: "ends with",
  doesNotEndWith: "doesn't end with",
  in: "is one of",
  notIn: "is none of",
  ">": "comes after",
  ">=": "is or comes after",
  "<": "comes before",
  "<=": "is or comes before",
  between: "is between",
  notBetween: "is not between",
  ...presence,
};

const operatorsOfKind: Record<FieldKind, Record<string, string>> = {
  text: texts,
  number: {
    "=": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
    between: "is between",
    notBetween: "is not between",
    in: "is one of",
    notIn: "is none of",
    ...presence,
  },
  date: {
    withinDays: "in the last days:",
    notWithinDays: "not in the last days:",
    "=": "on",
    "!=": "not on",
    ">": "after",
    ">=": "on or after",
    "<": "before",
    "<=": "on or before",
    between: "between",
    notBetween: "not between",
    null: "never",
    notNull: "ever",
  },
  yesNo: { "=": "is", "!=": "is not" },
  tag: {
    in: "is any of",
    notIn: "is none of",
    "=": "is",
    "!=": "is not",
    null: "has none",
    notNull: "has any",
  },
  broadcast: {
    in: "any of",
    notIn: "none of",
    "=": "the broadcast",
    "!=": "not the broadcast",
  },
  presence,
};

/** Returns the operators for fields of a kind, with labels. */
export function operatorsOf(kind: FieldKind): { name: string; label: string }[] {
  return Object.entries(operatorsOfKind[kind]).map(([name, label]) => ({ name, label }));
}

export function operatorLabel(kind: FieldKind, operator: string): string {
  return operatorsOfKind[kind][operator] ?? texts[operator] ?? operator;
}

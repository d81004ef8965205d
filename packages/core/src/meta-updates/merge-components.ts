import { isDeepStrictEqual } from "node:util";
import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { placeholdersIn } from "@loudhailer/whatsapp/template-placeholders.ts";
import type { TemplateNews, UpdatedButton } from "@loudhailer/whatsapp/template-update.ts";

type Part = Readonly<Record<string, unknown>>;
type UpdatedComponents = TemplateNews & { kind: "components" };

/** Component types in Meta's order; components of other types keep their position. */
const order = ["HEADER", "BODY", "FOOTER", "BUTTONS"];

/**
 * Merges a webhook's update into a template's components. The webhook omits media headers,
 * examples, buttons other than links and phone numbers, and all parts that weren't edited. These
 * stay, except examples of placeholders that changed.
 */
export function mergeComponents(stored: readonly unknown[], updated: UpdatedComponents): unknown[] {
  let merged = [...stored];
  const { header, body, footer, buttons } = updated;
  if (header !== null && !hasMediaHeader(stored)) {
    merged = withPart(merged, "HEADER", (before) => ({
      ...withText(before, header),
      format: "TEXT",
    }));
  }
  if (body !== null) merged = withPart(merged, "BODY", (before) => withText(before, body));
  if (footer !== null) merged = withPart(merged, "FOOTER", (before) => withText(before, footer));
  if (buttons.length > 0) {
    merged = withPart(merged, "BUTTONS", (before) => ({
      ...before,
      buttons: mergeButtons(partsIn(before["buttons"]), buttons),
    }));
  }
  return merged;
}

function hasMediaHeader(stored: readonly unknown[]): boolean {
  const header = partsIn(stored).find((part) => typeOf(part) === "HEADER");
  return header !== undefined && upperCased(header["format"] ?? "TEXT") !== "TEXT";
}

function withPart(
  parts: readonly unknown[],
  type: string,
  change: (before: Part) => Part,
): unknown[] {
  const index = parts.findIndex((part) => typeOf(part) === type);
  const before = parts[index];
  if (isRecord(before)) return parts.with(index, change(before));
  const after = order.slice(order.indexOf(type) + 1);
  const next = parts.findIndex((part) => after.includes(typeOf(part)));
  return parts.toSpliced(next === -1 ? parts.length : next, 0, change({ type }));
}

function withText(before: Part, text: string): Part {
  return withoutOldExample({ ...before, text }, before["text"], text);
}

function withoutOldExample(part: Part, before: unknown, after: unknown): Part {
  if (isDeepStrictEqual(placeholders(before), placeholders(after))) return part;
  const { example: _old, ...rest } = part;
  return rest;
}

function placeholders(text: unknown): string[] {
  return typeof text === "string" ? placeholdersIn(text) : [];
}

/**
 * Replaces the buttons of the updated types. Other buttons stay before or after them, because
 * values are sent by a button's position.
 */
function mergeButtons(stored: readonly Part[], updated: readonly UpdatedButton[]): Part[] {
  const kinds = new Set(["URL", "PHONE_NUMBER", ...updated.map(({ type }) => type)]);
  const isReplaced = (button: Part) => kinds.has(typeOf(button));
  const first = stored.findIndex(isReplaced);
  const before = first === -1 ? stored : stored.slice(0, first);
  const after = first === -1 ? [] : stored.slice(first).filter((button) => !isReplaced(button));
  const known = stored.filter(isReplaced);
  return [...before, ...updated.map((button) => mergeButton(known, button, updated)), ...after];
}

function mergeButton(
  known: readonly Part[],
  button: UpdatedButton,
  updated: readonly UpdatedButton[],
): Part {
  const ofType = known.filter((each) => typeOf(each) === button.type);
  const place = updated.filter(({ type }) => type === button.type).indexOf(button);
  const before = ofType.find(({ text }) => text === button.text) ?? ofType[place] ?? {};
  const merged = { ...before, ...button };
  return withoutOldExample(merged, before["url"], merged.url ?? before["url"]);
}

function partsIn(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function typeOf(part: unknown): string {
  return isRecord(part) ? upperCased(part["type"]) : "";
}

function upperCased(value: unknown): string {
  return typeof value === "string" ? value.toUpperCase() : "";
}

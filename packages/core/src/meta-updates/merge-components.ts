import { isDeepStrictEqual } from "node:util";
import { placeholdersIn } from "@loudhailer/whatsapp/template-placeholders.ts";
import type { TemplateNews, ToldButton } from "@loudhailer/whatsapp/template-update.ts";

type Part = Readonly<Record<string, unknown>>;
type ToldComponents = TemplateNews & { kind: "components" };

/** Components in the order in which Meta has them; any other stays where it stands. */
const order = ["HEADER", "BODY", "FOOTER", "BUTTONS"];

/**
 * A template's components with what a webhook tells of them. It doesn't tell of media headers, of
 * examples, of other buttons than links and phone numbers and of whatever was not edited: these
 * stay, but for examples of placeholders that are gone.
 */
export function mergeComponents(stored: readonly unknown[], told: ToldComponents): unknown[] {
  let merged = [...stored];
  const { header, body, footer, buttons } = told;
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
  return header !== undefined && wordOf(header["format"] ?? "TEXT") !== "TEXT";
}

function withPart(
  parts: readonly unknown[],
  type: string,
  change: (before: Part) => Part,
): unknown[] {
  const index = parts.findIndex((part) => typeOf(part) === type);
  const before = parts[index];
  if (isPart(before)) return parts.with(index, change(before));
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

/** Those of other kinds stay before or behind the told ones: values are sent by a button's place. */
function mergeButtons(stored: readonly Part[], told: readonly ToldButton[]): Part[] {
  const kinds = new Set(["URL", "PHONE_NUMBER", ...told.map(({ type }) => type)]);
  const isTold = (button: Part) => kinds.has(typeOf(button));
  const first = stored.findIndex(isTold);
  const before = first === -1 ? stored : stored.slice(0, first);
  const after = first === -1 ? [] : stored.slice(first).filter((button) => !isTold(button));
  const known = stored.filter(isTold);
  return [...before, ...told.map((button) => mergeButton(known, button, told)), ...after];
}

function mergeButton(
  known: readonly Part[],
  button: ToldButton,
  told: readonly ToldButton[],
): Part {
  const ofType = known.filter((each) => typeOf(each) === button.type);
  const place = told.filter(({ type }) => type === button.type).indexOf(button);
  const before = ofType.find(({ text }) => text === button.text) ?? ofType[place] ?? {};
  const merged = { ...before, ...button };
  return withoutOldExample(merged, before["url"], merged.url ?? before["url"]);
}

function partsIn(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter(isPart) : [];
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(part: unknown): string {
  return isPart(part) ? wordOf(part["type"]) : "";
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value.toUpperCase() : "";
}

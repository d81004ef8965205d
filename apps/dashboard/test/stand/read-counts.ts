import type { Locator } from "playwright-core";

/** The number that stands with a label: of a broadcast's outcomes, an import's figures. */
export async function countOf(part: Locator, label: string): Promise<number> {
  const text = await part.getByText(label, { exact: true }).first().locator("..").innerText();
  const [number = ""] = /\d[\d,]*/.exec(text.replace(label, "")) ?? [];
  return Number(number.replaceAll(",", ""));
}

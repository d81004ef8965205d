import type { Locator } from "playwright-core";

/** Returns the number next to a label, such as a broadcast's outcome or an import's figure. */
export async function countOf(part: Locator, label: string): Promise<number> {
  const text = await part.getByText(label, { exact: true }).first().locator("..").innerText();
  const [number = ""] = /\d[\d,]*/.exec(text.replace(label, "")) ?? [];
  return Number(number.replaceAll(",", ""));
}

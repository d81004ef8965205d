import { readFileSync } from "node:fs";

/** The file's text; "" where there is no such file. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

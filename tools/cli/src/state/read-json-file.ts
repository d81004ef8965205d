import { readFileSync } from "node:fs";

/** The file's content, or undefined where there is no file or no JSON in it. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

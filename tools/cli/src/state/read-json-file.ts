import { readFileSync } from "node:fs";

/** Returns the file's content, or undefined if the file is missing or isn't JSON. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

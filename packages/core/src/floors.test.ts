import { glob, readFile } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("./", import.meta.url));

/**
 * The folders of core from the lowest floor to the highest. A folder imports from folders before
 * it, never from folders after it. Files beside the folders are below all of them.
 */
const floors = [
  "csv",
  "audit",
  "secrets",
  "idempotency",
  "accounts",
  "organizations",
  "contacts",
  "imports",
  "segments",
  "contact-jobs",
  "pauses",
  "providers",
  "media",
  "templates",
  "overview",
  "broadcasts",
  "engine",
  "meta-updates",
  "inbound-messages",
  "webhook-events",
  "maintenance",
  "seed",
];

/** Largest share of core's lines that one folder may have. */
const shareMax = 0.25;

interface SourceFile {
  file: string;
  folder: string;
  source: string;
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
}

async function readSources(): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for await (const path of glob("**/*.ts", { cwd: src })) {
    const file = path.split(sep).join("/");
    const folder = folderOf(file);
    if (file.endsWith(".test.ts") || folder === "testing") continue;
    sources.push({ file, folder, source: await readFile(join(src, path), "utf8") });
  }
  return sources;
}

const sources = await readSources();

function linesOf(files: SourceFile[]): number {
  return files.reduce((sum, { source }) => sum + source.split("\n").length, 0);
}

/** Imports from one folder to another, as `providers/check-provider.ts → pauses`. */
function importsBetweenFolders(): { file: string; from: string; to: string }[] {
  return sources.flatMap(({ file, folder, source }) =>
    [...source.matchAll(/(?:\bfrom\s|\bimport\()\s*"(\.[^"]+)"/g)]
      .map(([, specifier = ""]) => folderOf(posix.join(posix.dirname(file), specifier)))
      .filter((to) => to !== folder)
      .map((to) => ({ file, from: folder, to })),
  );
}

test("every folder of core has a floor", () => {
  const folders = new Set(sources.map(({ folder }) => folder).filter((folder) => folder !== ""));
  expect([...folders].toSorted()).toEqual(floors.toSorted());
});

test("imports between core's folders run down", () => {
  const arrows = importsBetweenFolders();
  const upward = arrows
    .filter(({ from, to }) => floors.indexOf(to) > floors.indexOf(from))
    .map(({ file, to }) => `${file} imports from ${to}`);
  expect(arrows.length).toBeGreaterThan(200);
  expect(upward).toEqual([]);
});

test("no two folders of core import from each other", () => {
  const arrows = new Set(importsBetweenFolders().map(({ from, to }) => `${from} → ${to}`));
  const mutual = [...arrows].filter((arrow) =>
    arrows.has(arrow.split(" → ").toReversed().join(" → ")),
  );
  expect(mutual).toEqual([]);
});

test("no folder of core has more than a quarter of its lines", () => {
  const total = linesOf(sources);
  const tooLarge = floors.filter(
    (floor) => linesOf(sources.filter(({ folder }) => folder === floor)) > total * shareMax,
  );
  expect(tooLarge).toEqual([]);
});

test("the table of folders in ARCHITECTURE.md lists the floors from bottom to top", async () => {
  const page = await readFile(join(src, "../../../ARCHITECTURE.md"), "utf8");
  const [, table = ""] = /\| folder [^]*?\n((?:\|.*\n)+)/.exec(page) ?? [];
  const listed = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, folder]) => folder);
  expect(listed).toEqual(floors);
});

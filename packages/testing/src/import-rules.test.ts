import { glob, readFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The packages and services of the repository, and the packages each may import from. */
const mayImport: Record<string, string[]> = {
  "packages/contracts": [],
  "packages/db": [],
  "packages/queue": [],
  "packages/whatsapp": [],
  "packages/runtime": [],
  "packages/local": [],
  "packages/core": ["contracts", "db", "queue", "whatsapp"],
  "packages/testing": ["db", "local"],
  "services/api": ["contracts", "core", "db", "queue", "runtime", "whatsapp"],
  "services/webhook": ["contracts", "core", "db", "runtime", "whatsapp"],
  "services/dispatcher": ["core", "db", "queue", "runtime", "whatsapp"],
  "tools/meta-simulator": [],
  "tools/bench": ["core", "db", "local", "queue", "whatsapp"],
  "tools/cli": ["contracts", "core", "db", "local", "queue", "runtime"],
  "apps/dashboard": [],
  db: [],
};

/** Packages that tests may import in addition. The simulator's tests may import none of them. */
const testsMayImport = ["local", "meta-simulator", "testing"];

async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const folder of Object.keys(mayImport)) {
    for await (const file of glob(`${folder}/**/*.{ts,tsx}`, {
      cwd: root,
      exclude: (path) => path.includes("node_modules") || path.includes(".next"),
    })) {
      files.push(file.split(sep).join("/"));
    }
  }
  return files;
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
}

function folderOf(file: string): string {
  return Object.keys(mayImport).find((folder) => file.startsWith(`${folder}/`)) ?? file;
}

test("every package has an import rule", async () => {
  const folders: string[] = [];
  for await (const file of glob("{services,packages,tools,apps}/*/package.json", { cwd: root })) {
    folders.push(dirname(file).split(sep).join("/"));
  }
  expect(folders.filter((folder) => !(folder in mayImport))).toEqual([]);
});

test("every package imports only from the packages that its rule allows", async () => {
  const violations: string[] = [];
  const files = await sourceFiles();
  for (const file of files) {
    const folder = folderOf(file);
    const isTest =
      /\.test\.ts$|\/test\/|\/testing\/|\/test-/.test(file) && folder !== "packages/testing";
    const allowed = new Set([
      ...(mayImport[folder] ?? []),
      ...(isTest && folder !== "tools/meta-simulator" ? testsMayImport : []),
    ]);
    for (const specifier of importsOf(await readFile(resolve(root, file), "utf8"))) {
      const [, target] = /^@loudhailer\/([^/]+)/.exec(specifier) ?? [];
      const leavesFolder =
        specifier.startsWith(".") &&
        !resolve(root, dirname(file), specifier).startsWith(resolve(root, folder) + sep);
      if (leavesFolder || (target !== undefined && !allowed.has(target))) {
        violations.push(`${file} imports ${specifier}`);
      }
    }
  }
  expect(files.length).toBeGreaterThan(100);
  expect(violations).toEqual([]);
});

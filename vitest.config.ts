import { defineConfig } from "vitest/config";
import type { Vite, Vitest } from "vitest/node";

/** Says in one sentence that no test matches, instead of listing every project's patterns. */
const noMatchSentence = {
  name: "no-match-sentence",
  configureVitest({ vitest }: { vitest: Vitest }) {
    vitest.logger.printNoTestFound = (filters = []) => {
      const wanted = filters.map((filter) => `"${filter}"`).join(" or ");
      vitest.logger.error(
        wanted ? `No test file has ${wanted} in its path.` : "No test file found.",
      );
    };
  },
} satisfies Vite.Plugin;

export default defineConfig({
  plugins: [noMatchSentence],
  test: {
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "services",
          include: ["{services,packages,tools,db}/**/*.test.ts", "apps/dashboard/src/**/*.test.ts"],
          globalSetup: ["packages/testing/src/global-setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "dashboard",
          include: ["apps/dashboard/test/**/*.test.ts"],
          globalSetup: ["apps/dashboard/src/testing/global-setup.ts"],
          testTimeout: 120_000,
          // What a browser waits for is computed by the same two cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

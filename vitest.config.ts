import { defineConfig } from "vitest/config";

export default defineConfig({
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
          globalSetup: ["apps/dashboard/test/stand/global-setup.ts"],
          testTimeout: 120_000,
          // What a browser waits for is computed by the same two cores.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

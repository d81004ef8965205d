import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{services,packages,tools,db}/**/*.test.ts"],
    globalSetup: ["packages/testing/src/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

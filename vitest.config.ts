import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "workers/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { statements: 85, "src/*/domain/**": { statements: 95 } },
    },
  },
});

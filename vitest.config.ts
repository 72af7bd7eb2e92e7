import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They mostly wait for processes of their own, so they begin first and the short ones fill what they leave. */
const longest = ["/test/chaos/", "/test/e2e/", "/test/contract/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => longest.findIndex((folder) => moduleId.includes(folder));
    const sorted = await super.sort(files);
    return [
      ...longest.flatMap((_, index) => sorted.filter((file) => rank(file) === index)),
      ...sorted.filter((file) => rank(file) < 0),
    ];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // No file changes what another one sees, and loading every module anew for each took longer than many tests.
    isolate: false,
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "workers/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { statements: 85, "src/*/domain/**": { statements: 95 } },
    },
  },
});

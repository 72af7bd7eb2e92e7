import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * They start processes, so they begin first: the short ones fill what they leave, and a process costs the more to start
 * the more memory the starting one has taken.
 */
const first = ["chaos", "e2e", "contract", "playground", "cli", "execution", "deliberation", "github"].map(
  (folder) => `/test/${folder}/`,
);

class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => first.findIndex((folder) => moduleId.includes(folder));
    const sorted = await super.sort(files);
    return [
      ...first.flatMap((_, index) => sorted.filter((file) => rank(file) === index)),
      ...sorted.filter((file) => rank(file) < 0),
    ];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Of a busy machine. What never comes fails all the same.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // No file changes what another one sees, and loading every module anew for each took longer than many tests.
    isolate: false,
    maxWorkers: 3,
    sequence: { sequencer: ProcessesFirst },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "workers/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { statements: 85, "src/*/domain/**": { statements: 95 } },
    },
  },
});

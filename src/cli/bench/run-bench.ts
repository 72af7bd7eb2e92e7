import { ConfigurationError } from "../../kernel/errors.ts";
import type { BenchResult } from "./bench-result.ts";

/** The options as they were typed. */
export type BenchOptions = { readonly repo?: string };

/** Benches by name; each is loaded only when it is run. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  intake: async () => (await import("./intake-bench.ts")).intakeBench(),
  road: async () => (await import("./road-bench.ts")).roadBench(),
  demo: async () => (await import("./demo-bench.ts")).demoBench(),
  reaction: async () => (await import("./reaction-bench.ts")).reactionBench(),
  shuffle: async () => (await import("./shuffle-bench.ts")).shuffleBench(),
  hosts: async () => (await import("./hosts-bench.ts")).hostsBench(),
  sandbox: async () => (await import("./sandbox-bench.ts")).sandboxBench(),
  "deliberation-overhead": async () => (await import("./deliberation-overhead-bench.ts")).deliberationOverheadBench(),
  selection: async () => (await import("./selection-bench.ts")).selectionBench({ say: console.error }),
  "l3-overhead": async () => (await import("./l3-overhead-bench.ts")).l3OverheadBench(),
  index: async () => (await import("./index-bench.ts")).indexBench(),
  "github-budget": async () => (await import("./github-budget-bench.ts")).githubBudgetBench(),
  "context-quality": async (options) =>
    (await import("./context-quality-bench.ts")).contextQualityBench({ ...options, say: console.error }),
  redaction: async (options) => (await import("./redaction-bench.ts")).redactionBench(options),
};

/** Benches that take `--repo`. */
const withRepository = new Set(["context-quality", "redaction"]);

/** The names that `runBench` takes. */
export const benchNames: readonly string[] = Object.keys(benches);

/**
 * Runs one bench and prints its result as one JSON line.
 * @throws ConfigurationError for an unknown name, and for `--repo` where a bench measures no repository.
 */
export async function runBench(name: string, options: BenchOptions = {}): Promise<void> {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    throw new ConfigurationError(`There is no bench "${name}"; must be one of: ${benchNames.join(", ")}`);
  }
  if (options.repo !== undefined && !withRepository.has(name)) {
    throw new ConfigurationError(
      `The bench ${name} measures no repository; --repo is for ${[...withRepository].join(", ")}`,
    );
  }
  console.log(JSON.stringify(await bench(options)));
}

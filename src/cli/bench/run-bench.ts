import { ConfigurationError } from "../../kernel/errors.ts";
import type { BenchResult } from "./bench-result.ts";
import { type BenchEngine, storeResult } from "./stored-result.ts";

/** The options as they were typed. */
export type BenchOptions = { readonly repo?: string; readonly save?: boolean };

/** Where `--save` puts results, from where the command runs. */
const savedIn = "docs/benchmarks";

type Bench = {
  readonly run: (options: Pick<BenchOptions, "repo">) => Promise<BenchResult>;
  /** It takes `--repo`. */
  readonly repository?: true;
  /** It runs on the Neo4j of `FLEET_BENCH_NEO4J_URI` where that is set, else on the embedded graph. */
  readonly graph?: true;
};

const say = console.error;

/** Benches by name; each is loaded only when it is run. */
const benches: Readonly<Record<string, Bench>> = {
  intake: { run: async () => (await import("./intake-bench.ts")).intakeBench() },
  road: { run: async () => (await import("./road-bench.ts")).roadBench(), graph: true },
  demo: { run: async () => (await import("./demo-bench.ts")).demoBench() },
  reaction: { run: async () => (await import("./reaction-bench.ts")).reactionBench() },
  shuffle: { run: async () => (await import("./shuffle-bench.ts")).shuffleBench() },
  hosts: { run: async () => (await import("./hosts-bench.ts")).hostsBench() },
  sandbox: { run: async () => (await import("./sandbox-bench.ts")).sandboxBench() },
  "deliberation-overhead": {
    run: async () => (await import("./deliberation-overhead-bench.ts")).deliberationOverheadBench(),
  },
  selection: { run: async () => (await import("./selection-bench.ts")).selectionBench({ say }) },
  "l3-overhead": { run: async () => (await import("./l3-overhead-bench.ts")).l3OverheadBench(), graph: true },
  context: { run: async () => (await import("./context-bench.ts")).contextBench({ say }), graph: true },
  index: { run: async () => (await import("./index-bench.ts")).indexBench(), graph: true },
  "github-budget": { run: async () => (await import("./github-budget-bench.ts")).githubBudgetBench() },
  "context-quality": {
    run: async (options) => (await import("./context-quality-bench.ts")).contextQualityBench({ ...options, say }),
    repository: true,
  },
  redaction: {
    run: async (options) => (await import("./redaction-bench.ts")).redactionBench(options),
    repository: true,
  },
};

/** The names that `runBench` takes. */
export const benchNames: readonly string[] = Object.keys(benches);

/**
 * Runs one bench and prints its result as one JSON line; `--save` writes it with what it was measured on as well.
 * @throws ConfigurationError for an unknown name, and for `--repo` where a bench measures no repository.
 */
export async function runBench(name: string, options: BenchOptions = {}): Promise<void> {
  const { repo, save = false } = options;
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined) {
    throw new ConfigurationError(`There is no bench "${name}"; must be one of: ${benchNames.join(", ")}`);
  }
  if (repo !== undefined && bench.repository === undefined) {
    const taking = benchNames.filter((each) => benches[each]?.repository);
    throw new ConfigurationError(`The bench ${name} measures no repository; --repo is for ${taking.join(", ")}`);
  }
  const result = await bench.run(repo === undefined ? {} : { repo });
  console.log(JSON.stringify(result));
  if (save) say(`written to ${await storeResult(savedIn, result, engineOf(bench), new Date())}`);
}

function engineOf({ graph }: Bench): BenchEngine {
  if (graph === undefined) return null;
  return process.env["FLEET_BENCH_NEO4J_URI"] ? "neo4j" : "embedded";
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import type { Graph } from "../../platform/graph/graph.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { growWorld, type World } from "./context/grow-world.ts";
import { noteStatements, type Statement } from "./context/note-statements.ts";
import { openContexts } from "./context/open-contexts.ts";
import { createRandom } from "./seeded-random.ts";
import { median, percentile } from "./statistics.ts";

const steps = [1_000, 10_000, 100_000, 1_000_000] as const;

export type ContextBenchOptions = {
  /** Contexts that are timed at each size. */
  readonly contexts?: number;
  /**
   * Contexts before these at each size: plans are made, a server that has just started gets faster for a while, and what the
   * fleet remembers of an index is read. A process that serves a repository is past that within minutes; the first ones have
   * figures of their own.
   */
  readonly warm?: number;
  /** The largest graph, in nodes. */
  readonly most?: number;
  readonly say?: (line: string) => void;
};

const aims = { p95Ms: 50, growth: 2 };

/** The first contexts at a size, of whose index nothing is remembered. */
const mostFirst = 50;

/**
 * Milliseconds of building a developer's context of one task from the graph, as `/context` and councils do it: the story and
 * the task, the facts, the audit record, the code of the index, ranked, redacted and fitted into 2,000 tokens; at growing
 * sizes of one graph. Against the same reads alone, sent once more with nothing done about what they answer. Embedded, or on
 * the empty Neo4j of `FLEET_BENCH_NEO4J_URI`; `FLEET_BENCH_NODES` is the largest size.
 *
 * @throws ConfigurationError for a Neo4j that is not empty
 */
export async function contextBench(options: ContextBenchOptions = {}): Promise<BenchResult> {
  const uri = process.env["FLEET_BENCH_NEO4J_URI"] || undefined;
  const { contexts = 200, warm = 200, say = () => undefined } = options;
  const most = options.most ?? Number(process.env["FLEET_BENCH_NODES"] ?? steps.at(-1));
  const directory = await mkdtemp(join(tmpdir(), "bench-context-"));
  const environment = parseEnvironment({ ...process.env, FLEET_DATA_DIR: join(directory, "data"), NEO4J_URI: uri });
  const graph = await openGraph(environment, pino({ level: "silent" }), []);
  try {
    const [row] = await graph.query("MATCH (n:Story) RETURN count(n) AS count");
    if (row?.["count"] !== 0)
      throw new ConfigurationError("FLEET_BENCH_NEO4J_URI names a store that holds stories; must be an empty one");
    const sizes = [];
    let world: World | null = null;
    for (const wanted of steps.filter((step) => step <= most)) {
      world = await growWorld(graph, directory, wanted, world);
      say(`stored ${world.nodes} nodes in ${world.seconds} s`);
      const measured = await measure(graph, world, contexts, warm);
      say(`${measured.nodes} nodes: p50 ${measured.p50Ms} ms, p95 ${measured.p95Ms} ms`);
      sizes.push({ wanted, ...measured });
    }
    return resultOf(sizes, uri === undefined ? "embedded" : "neo4j");
  } finally {
    await graph.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Times contexts of tasks of the newest repository, which is the largest. */
async function measure(graph: Graph, world: World, contexts: number, warm: number) {
  const random = createRandom(world.nodes);
  const noted: Statement[] = [];
  const build = openContexts(noteStatements(graph, (statement) => noted.push(statement)));
  const head = { mirror: world.mirror, baseSha: world.sha, startSha: world.sha };
  const first: number[] = [];
  const ours: number[] = [];
  const reads: number[] = [];
  const trips: number[] = [];
  const counts: number[] = [];
  const tokens: number[] = [];
  for (let n = -warm; n < contexts; n += 1) {
    const chosen = world.tasks[Math.floor(world.tasks.length * random())];
    if (chosen === undefined) throw new Error("The world has no tasks.");
    noted.length = 0;
    const began = performance.now();
    // No two are alike, for what was built once is remembered, and a small graph has few tasks.
    const context = await build(chosen, head, `Round ${n + warm}: not yet as the criteria say.`);
    const tookMs = performance.now() - began;
    if (!context.blocks.some(({ name }) => name === "code")) throw new Error("A context of the bench shows no code.");
    const sent = noted.filter(({ how }) => how === "read");
    const again = performance.now();
    for (const { cypher, parameters } of sent) await graph.read((tx) => tx.run(cypher, parameters));
    const readsMs = performance.now() - again;
    const trip = performance.now();
    await graph.ping();
    const tripMs = performance.now() - trip;
    if (first.length < mostFirst) first.push(tookMs);
    if (n < 0) continue;
    ours.push(tookMs);
    reads.push(readsMs);
    trips.push(tripMs);
    counts.push(noted.length);
    tokens.push(context.tokens);
  }
  return {
    nodes: world.nodes,
    p50Ms: round(percentile(ours, 50)),
    p95Ms: round(percentile(ours, 95)),
    firstP50Ms: round(percentile(first, 50)),
    firstP95Ms: round(percentile(first, 95)),
    readsP50Ms: round(percentile(reads, 50)),
    readsP95Ms: round(percentile(reads, 95)),
    roundTripMs: round(median(trips)),
    statements: median(counts),
    tokens: median(tokens),
    labels: world.labels,
    storedInS: world.seconds,
  };
}

type Size = Awaited<ReturnType<typeof measure>> & { readonly wanted: number };

function resultOf(sizes: readonly Size[], engine: "embedded" | "neo4j"): BenchResult {
  const judged = sizes.findLast(({ wanted }) => wanted <= 100_000);
  const [first, last] = [sizes.at(0), sizes.at(-1)];
  if (judged === undefined || first === undefined || last === undefined)
    throw new ConfigurationError(`FLEET_BENCH_NODES is below the smallest size, ${steps[0]}`);
  const growth = { p50: round(last.p50Ms / first.p50Ms), p95: round(last.p95Ms / first.p95Ms) };
  return benchResult({
    bench: "context",
    ours: judged.p50Ms,
    reference: judged.readsP50Ms,
    unit: `ms of a context at ${judged.wanted} nodes (p50)`,
    detail: {
      against: "the same reads, sent again one after the other, with nothing done about their answers",
      engine,
      aims,
      p95Ms: judged.p95Ms,
      growth: { from: first.wanted, to: last.wanted, ...growth },
      sizes,
    },
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

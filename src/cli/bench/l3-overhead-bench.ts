import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { columnsOf } from "../../context/domain/access/columns.ts";
import { decideAccess } from "../../context/domain/access/decide-access.ts";
import type { EntityQuery, Viewer } from "../../context/domain/access/entity-query.ts";
import { readRows } from "../../context/infrastructure/access/graph-entities.ts";
import { system } from "../../kernel/principal.ts";
import { humanRoles, type Role } from "../../kernel/roles.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import type { Graph } from "../../platform/graph/graph.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { benchPerson, benchPlace, storeL3World } from "./l3-world.ts";
import { median } from "./statistics.ts";

/** One kind of question: what one role asks of one entity. */
type Pair = { readonly role: Role; readonly entity: "story" | "task" | "decision" | "plan" };

const pageSize = 50;

/** Every pair of the table in which a person sees rows. */
const pairs: readonly Pair[] = humanRoles.flatMap((role) =>
  (["story", "task", "decision", "plan"] as const)
    .map((entity) => ({ role, entity }))
    .filter(({ entity }) => decideAccess(queryOf({ role, entity }), viewerOf(role)).kind === "allowed"),
);

/**
 * Milliseconds of a page that a role reads, by the rules of rows and columns inside the query, against the same page
 * without them: the same fields of the same entity in the same repository, as the fleet itself reads it. In turns in one
 * process, over every role and entity; the sums of the medians count. Embedded, or on the Neo4j of
 * `FLEET_BENCH_NEO4J_URI`; what it writes there is taken away again.
 */
export async function l3OverheadBench({ stories = 2_000, rounds = 30 } = {}): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-l3-"));
  const uri = process.env["FLEET_BENCH_NEO4J_URI"];
  const { NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE } = process.env;
  const environment = parseEnvironment({
    FLEET_DATA_DIR: directory,
    ...(uri === undefined ? {} : { NEO4J_URI: uri, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE }),
  });
  const graph = await openGraph(environment, pino({ level: "silent" }), []);
  const world = await storeL3World(graph, stories);
  try {
    const measured: Measured[] = [];
    for (const pair of pairs) measured.push(await measure(graph, pair, rounds));
    const sum = (of: (each: Measured) => number) => measured.reduce((total, each) => total + of(each), 0);
    return benchResult({
      bench: "l3-overhead",
      ours: round(sum(({ filteredMs }) => filteredMs)),
      reference: round(sum(({ unfilteredMs }) => unfilteredMs)),
      unit: "ms",
      detail: {
        engine: uri === undefined ? "embedded" : "neo4j",
        nodes: world.nodes,
        rounds,
        pageSize,
        byQuestion: Object.fromEntries(
          measured.map(({ pair, filteredMs, unfilteredMs, rows }) => [
            `${pair.role} ${pair.entity}`,
            { filteredMs: round(filteredMs), unfilteredMs: round(unfilteredMs), rows },
          ]),
        ),
      },
    });
  } finally {
    await world.remove();
    await graph.close();
    await rm(directory, { recursive: true, force: true });
  }
}

type Measured = {
  readonly pair: Pair;
  readonly filteredMs: number;
  readonly unfilteredMs: number;
  /** On the filtered page. */
  readonly rows: number;
};

async function measure(graph: Graph, pair: Pair, rounds: number): Promise<Measured> {
  const query = queryOf(pair);
  const filtered: number[] = [];
  const unfiltered: number[] = [];
  let rows = 0;
  for (let n = 0; n <= rounds; n += 1) {
    const sides = [
      async () => {
        rows = await timed(graph, query, viewerOf(pair.role), filtered);
      },
      () => timed(graph, query, viewerOf("system"), unfiltered),
    ];
    // Who is first changes each time: the second one finds the machine warmer.
    for (const side of n % 2 === 0 ? sides : sides.toReversed()) await side();
  }
  // The first round makes the plans.
  return { pair, filteredMs: median(filtered.slice(1)), unfilteredMs: median(unfiltered.slice(1)), rows };
}

async function timed(graph: Graph, query: EntityQuery, viewer: Viewer, times: number[]): Promise<number> {
  const access = decideAccess(query, viewer);
  if (access.kind === "denied") throw new Error(access.refusal.rule);
  const began = performance.now();
  const { rows } = await graph.read((tx) => readRows(tx, access.query));
  times.push(performance.now() - began);
  if (rows.length === 0) throw new Error(`the ${viewer.role} of the bench sees no ${query.entity}`);
  return rows.length;
}

function queryOf({ role, entity }: Pair): EntityQuery {
  return { entity, fields: columnsOf(role, entity, false), limit: pageSize };
}

function viewerOf(role: Role): Viewer {
  const principal = role === "system" ? system : benchPerson;
  return { ...benchPlace, principal, role, roles: { known: true, roles: [role] }, task: null };
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

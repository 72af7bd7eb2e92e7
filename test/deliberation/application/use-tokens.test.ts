import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { budgetAccounts } from "../../../src/deliberation/application/budget-accounts.ts";
import { holdTokens } from "../../../src/deliberation/application/use-tokens.ts";
import { noLimits, type ScopeLimits } from "../../../src/deliberation/domain/council-budget.ts";
import { graphDeliberations } from "../../../src/deliberation/infrastructure/graph-deliberations.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import type { Graph } from "../../../src/platform/graph/graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];
const noon = Date.parse("2026-05-04T12:00:00.000Z");
const day = 24 * 60 * 60 * 1_000;

describe.each(engines)("tokens beside the councils on $name", ({ open, missing }) => {
  const repository = Date.now();
  const story = `${repository}-12`;
  let graph: Graph;

  beforeAll(async () => {
    if (missing) return;
    const opened = await open();
    await ensureSchema(opened);
    graph = opened;
  });
  afterAll(async () => {
    if (missing) return;
    await graph.write((tx) => tx.run("MATCH (u:TokenUse {repository: $repository}) DETACH DELETE u", { repository }));
    await graph.close();
  });

  const deps = (limits: Partial<ScopeLimits>, now = noon, minutes: Partial<ScopeLimits> = {}) => ({
    graph,
    deliberations: graphDeliberations,
    clock: () => now,
    configurationOf: async () => ({
      council: {
        start: "auto" as const,
        members: 1,
        models: [],
        temperatures: [],
        budget: { tokens: 1_000, minutes: 5 },
      },
      checks: { install: null, build: null, lint: null, test: null },
      paths: { deny: [], tests: [] },
      limits: { tokens: { ...noLimits, ...limits }, minutes: { ...noLimits, ...minutes } },
    }),
  });
  const wants = (id: string, tokens: number) => ({ id: `${repository}-${id}`, repository, story, tokens });

  it.skipIf(missing)("count for the story and the day, held first and then as used", async () => {
    const limited = deps({ story: 1_000, day: 5_000 });
    const spent = () => graph.read((tx) => graphDeliberations.spent(tx, story));
    expect(await spent()).toEqual({ councils: 0, tokens: { in: 0, out: 0 }, ms: 0 });
    const settle = await holdTokens(limited, wants("a", 600));
    const figures = async (of = limited) =>
      (await budgetAccounts(of, { repository, story, task: null })).map(({ scope, used, held }) => [scope, used, held]);
    expect(await figures()).toEqual([
      ["story", 0, 600],
      ["day", 0, 600],
    ]);
    expect(await holdTokens(limited, wants("b", 401))).toBeNull();
    await settle?.({ tokens: { in: 300, out: 50 }, ms: 70 });
    expect(await figures()).toEqual([
      ["story", 350, 0],
      ["day", 350, 0],
    ]);
    expect(await figures(deps({ day: 5_000 }, noon + day))).toEqual([["day", 0, 0]]);
    expect(await spent()).toEqual({
      ...{ councils: 0, tokens: { in: 300, out: 50 }, ms: 70 },
    });
    expect(await graph.read((tx) => graphDeliberations.budgetFigures(tx, { story, task: `${story}-p1-t1` }))).toEqual({
      ...{ tokens: { used: 0, held: 0 }, minutes: { used: 0, held: 0 }, ms: 0 },
    });
  });

  it.skipIf(missing)("are refused once the day has none, and had without end where nothing is limited", async () => {
    expect(await holdTokens(deps({ day: 400 }), wants("c", 100))).toBeNull();
    expect(await holdTokens(deps({ day: 400 }, noon + day), wants("d", 100))).not.toBeNull();
    expect(await holdTokens(deps({}), wants("e", 1_000_000))).not.toBeNull();
  });

  it.skipIf(missing)("are refused once the story has no minute left", async () => {
    const settle = await holdTokens(deps({}, noon, { story: 2 }), wants("f", 1));
    await settle?.({ tokens: { in: 1, out: 0 }, ms: 60_001 });
    expect(await holdTokens(deps({}, noon, { story: 2 }), wants("g", 1))).toBeNull();
    expect(await holdTokens(deps({}, noon, { story: 3 }), wants("g", 1))).not.toBeNull();
  });
});

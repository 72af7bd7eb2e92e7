import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deliberation, deliberationKinds } from "../../../src/deliberation/domain/deliberation.ts";
import { graphDeliberations } from "../../../src/deliberation/infrastructure/graph-deliberations.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import type { Graph } from "../../../src/platform/graph/graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { implementation } from "../a-deliberation.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];

describe.each(engines)("deliberations on $name", ({ open, missing }) => {
  // A store may be shared and old: a repository of its own keeps this run's councils apart.
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
    await graph.write(async (tx) => {
      await tx.run("MATCH (d:Deliberation {repository: $repository})-[:PRODUCED]->(p) DETACH DELETE p", { repository });
      await tx.run("MATCH (d:Deliberation {repository: $repository}) DETACH DELETE d", { repository });
      await tx.run("MATCH (a:TokenAllowance {about: $story}) DETACH DELETE a", { story });
    });
    await graph.close();
  });

  const council = (round: number): Deliberation => ({
    ...{ id: `${story}-p1-t1-r${round}`, kind: "implementation", installation: 1, repository, story, round },
    ...{ task: `${story}-p1-t1`, status: "queued", note: null, startSha: null, contextHash: "h" },
    ...{ members: [{ number: 1, model: "m", temperature: 0.2 }], startedAt: "2026-05-04T09:00:00.000Z", endedAt: null },
    ...{
      grant: { tokens: 500, minutes: 4.5, at: "2026-05-04T09:00:00.000Z" },
      used: null,
      restarts: null,
      stoppedBy: null,
    },
    ...{ correlationId: "d", causationId: null, outcome: null, agents: [], contextTokens: null },
  });

  it.skipIf(missing)("are counted, summed up and allowed more", async () => {
    const [first, second] = [council(1), council(2)];
    const added = await graph.write(async (tx) => {
      const both = [await graphDeliberations.create(tx, first), await graphDeliberations.create(tx, first)];
      await graphDeliberations.create(tx, second);
      const used = { tokens: { in: 10, out: 5 }, hosts: { cached: 4, ms: 60 }, ms: 100 };
      const endedAt = "2026-05-04T09:10:00.000Z";
      await graphDeliberations.save(tx, { ...first, status: "completed", endedAt, used, outcome: implementation });
      return both;
    });
    expect(added).toEqual([true, false]);

    const history = await graph.read((tx) =>
      graphDeliberations.history(tx, { repository, kinds: ["implementation"] }, 10),
    );
    expect(history.councils).toEqual([
      {
        ...{ id: first.id, repository, kind: "implementation", task: first.task, round: 1, status: "completed" },
        seats: [{ model: "m", temperature: 0.2 }],
        choice: { passAt1: true, oracleAtK: true, chosenPassed: true },
        used: { tokensIn: 10, tokensOut: 5, ms: 100, tokensCached: 4, hostMs: 60 },
      },
    ]);
    expect(history.proposals.map(({ lostAt }) => lostAt).sort()).toEqual([null, "regressions"]);
    const every = { repository: null, kinds: deliberationKinds };
    const all = await graph.read((tx) => graphDeliberations.history(tx, every, 10_000));
    expect(all.councils).toContainEqual(history.councils[0]);

    const sums = { tokens: { used: 15, held: 500 }, minutes: { used: 1, held: 5 }, ms: 100 };
    const of = { repository, since: "2026-05-04T00:00:00.000Z" };
    expect(await graph.read((tx) => graphDeliberations.budgetFigures(tx, of))).toEqual(sums);
    expect(await graph.read((tx) => graphDeliberations.budgetFigures(tx, { story }))).toEqual(sums);
    expect(await graph.read((tx) => graphDeliberations.budgetFigures(tx, { story, task: `${story}-p1-t2` }))).toEqual({
      ...{ tokens: { used: 0, held: 0 }, minutes: { used: 0, held: 0 }, ms: 0 },
    });
  });

  it.skipIf(missing)("keep each allowance once", async () => {
    const allowance = {
      id: `${story}-delivery`,
      about: story,
      tokens: 100,
      minutes: 0,
      by: "human:1",
      at: 1_777_885_200_000,
    };
    const allow = () => graph.write((tx) => graphDeliberations.allowMore(tx, allowance));
    expect([await allow(), await allow()]).toEqual([true, false]);
    // One of an earlier version knew no minutes.
    await graph.write((tx) =>
      tx.run("CREATE (:TokenAllowance {id: $id, about: $story, tokens: 1})", { id: `${story}-old`, story }),
    );
    const minutes = { ...allowance, id: `${story}-other`, tokens: 0, minutes: 30 };
    await graph.write((tx) => graphDeliberations.allowMore(tx, minutes));
    const allowed = (about: string) => graph.read((tx) => graphDeliberations.allowed(tx, about));
    expect(await allowed(story)).toEqual({ tokens: 101, minutes: 30 });
    expect(await allowed("nothing")).toEqual({ tokens: 0, minutes: 0 });
  });
});

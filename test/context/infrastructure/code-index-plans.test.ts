import neo4j, { type Plan, type ProfiledPlan } from "neo4j-driver";
import { describe, expect, it } from "vitest";
import { indexCode } from "../../../src/context/application/index-code.ts";
import { openGraphCodeIndex } from "../../../src/context/infrastructure/code-index/graph-code-index.ts";
import type { GraphParameters, Transaction } from "../../../src/kernel/transaction.ts";
import type { Graph } from "../../../src/platform/graph/graph.ts";
import { toNeo4jParameters } from "../../../src/platform/graph/neo4j-parameters.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { createCommits, portsOf } from "../committed-trees.ts";

type Statement = { readonly cypher: string; readonly parameters: GraphParameters };

/** A graph that notes what it is asked. */
function noting(graph: Graph, statements: Statement[]): Graph {
  const noted = (tx: Transaction): Transaction => ({
    run(cypher, parameters = {}) {
      statements.push({ cypher, parameters });
      return tx.run(cypher, parameters);
    },
  });
  return {
    ...graph,
    read: (work) => graph.read((tx) => work(noted(tx))),
    write: (work) => graph.write((tx) => work(noted(tx))),
    query: (cypher, parameters) => graph.read((tx) => noted(tx).run(cypher, parameters)),
  };
}

function operatorsOf(plan: Plan | ProfiledPlan | false): readonly string[] {
  return plan === false ? [] : [plan.operatorType, ...plan.children.flatMap(operatorsOf)];
}

describe.skipIf(testNeo4jUri === undefined)(`what Neo4j does for an index of code${whyNoNeo4j}`, () => {
  it("looks everything up by an index", async () => {
    const graph = await connectTestNeo4j();
    const driver = neo4j.driver(testNeo4jUri ?? "", neo4j.auth.basic("neo4j", ""));
    try {
      await ensureSchema(graph);
      await driver.executeQuery("CALL db.awaitIndexes(30)");
      const statements: Statement[] = [];
      const noted = noting(graph, statements);
      const repository = Number(process.hrtime.bigint() % 1_000_000_000n) * 1_000;
      const commits = createCommits();
      const tree = {
        "src/a.ts": "export function one() {}",
        "src/b.ts": 'import "./a.js";\nexport const two = () => one();',
      };
      const first = commits.commit(tree);
      const second = commits.commit({ ...tree, "src/a.ts": "export function one() { two(); }" }, first);
      for (const commit of [first, second])
        await indexCode(portsOf(noted, commits), { repository, branch: "main", commit });
      const index = await openGraphCodeIndex(noted, repository, "main");
      await index?.postings(["one", "two"], 10);
      await index?.named(["one"], 10);
      await index?.entries(["src/a.ts", "src/a.ts#one"]);
      await index?.neighbours(["src/a.ts#one"], 10);
      await index?.together(["src/a.ts"]);
      const seen = new Map(statements.map((statement) => [statement.cypher, statement]));
      expect(seen.size).toBeGreaterThan(20);
      for (const { cypher, parameters } of seen.values()) {
        const { summary } = await driver.executeQuery(`EXPLAIN ${cypher}`, toNeo4jParameters(parameters));
        const scans = operatorsOf(summary.plan).filter((operator) => operator.includes("Scan"));
        expect(scans, cypher).toEqual([]);
      }
    } finally {
      await driver.close();
      await graph.close();
    }
  });
});

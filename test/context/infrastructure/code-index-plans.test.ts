import neo4j from "neo4j-driver";
import { describe, expect, it } from "vitest";
import { noteStatements, type Statement } from "../../../src/cli/bench/context/note-statements.ts";
import { indexCode } from "../../../src/context/application/index-code.ts";
import { openGraphCodeIndex } from "../../../src/context/infrastructure/code-index/graph-code-index.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { amongMuchCode, scansOf } from "../../support/scans-of.ts";
import { createCommits, portsOf } from "../committed-trees.ts";

describe.skipIf(testNeo4jUri === undefined)(`what Neo4j does for an index of code${whyNoNeo4j}`, () => {
  it("looks everything up by an index", async () => {
    const graph = await connectTestNeo4j();
    const driver = neo4j.driver(testNeo4jUri ?? "", neo4j.auth.basic("neo4j", ""));
    try {
      await ensureSchema(graph);
      await driver.executeQuery("CALL db.awaitIndexes(30)");
      const statements: Statement[] = [];
      const noted = noteStatements(graph, (statement) => statements.push(statement));
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
      await index?.blobs(["src/a.ts"]);
      const seen = new Map(statements.map((statement) => [statement.cypher, statement]));
      expect(seen.size).toBeGreaterThan(20);
      await amongMuchCode(driver, async () => {
        for (const { cypher, parameters } of seen.values())
          expect(await scansOf(driver, { cypher, parameters }), cypher).toEqual([]);
        // Else the above would say nothing, and each test would write what another one reads.
        const all = { cypher: "MATCH (n:File) WHERE n.path CONTAINS 'a' SET n.isSeen = true", parameters: {} };
        expect(await scansOf(driver, all)).toEqual([expect.stringContaining("Scan")]);
        expect(await noted.query("MATCH (n:File) WHERE n.isSeen RETURN n.id LIMIT 1")).toEqual([]);
      });
    } finally {
      await driver.close();
      await graph.close();
    }
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import neo4j from "neo4j-driver";
import { describe, expect, it } from "vitest";
import { noteStatements, type Statement } from "../../src/cli/bench/context/note-statements.ts";
import { openContexts } from "../../src/cli/bench/context/open-contexts.ts";
import { commitSampleRepository } from "../../src/cli/bench/context/sample-repository.ts";
import { storeStories } from "../../src/cli/bench/context/store-stories.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { createEnsureIndexed } from "../../src/wiring/ensure-indexed.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../contract/graph-neo4j.ts";
import { amongMuchCode, scansOf } from "../support/scans-of.ts";

describe.skipIf(testNeo4jUri === undefined)(`the plans of a context's queries${whyNoNeo4j}`, () => {
  it("begin at an index, all of them", async () => {
    const directory = await mkdtemp(join(tmpdir(), "context-plans-"));
    const graph = await connectTestNeo4j();
    const driver = neo4j.driver(testNeo4jUri ?? "");
    try {
      await ensureSchema(graph);
      await driver.executeQuery("CALL db.awaitIndexes(60)");
      const repository = Number(process.hrtime.bigint() % 1_000_000_000n) * 1_000;
      const mirror = join(directory, "mirror.git");
      const code = await commitSampleRepository(mirror, 12, 1);
      await createEnsureIndexed(graph, () => 0)(repository, mirror, "HEAD", code.sha);
      const { tasks } = await storeStories(graph, { installation: repository, repository }, 1, code);
      const statements = new Map<string, Statement>();
      const build = openContexts(noteStatements(graph, (each) => statements.set(each.cypher, each)));
      const [asked] = tasks;
      if (asked === undefined) throw new Error("no task was stored");
      const context = await build(asked, { mirror, baseSha: code.sha, startSha: code.sha }, "Say why.");
      expect(context.blocks.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["case", "task", "decisions", "decision-dependencies", "code"]),
      );
      expect(statements.size).toBeGreaterThan(15);
      const scans: string[] = [];
      await amongMuchCode(driver, async () => {
        for (const statement of statements.values())
          for (const operator of await scansOf(driver, statement)) scans.push(`${operator}: ${statement.cypher}`);
      });
      expect(scans).toEqual([]);
    } finally {
      await driver.close();
      await graph.close();
      await rm(directory, { recursive: true });
    }
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, RetryableError } from "../../../src/kernel/errors.ts";
import { connectNeo4j } from "../../../src/platform/graph/neo4j-graph.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { graphContract } from "../../contract/graph-contract.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";

describe.skipIf(testNeo4jUri === undefined)(`Neo4j${whyNoNeo4j}`, () => {
  graphContract("Neo4j", connectTestNeo4j);

  describe("its own ways", () => {
    let graph: SchemaGraph;
    const [a, b] = [randomUUID(), randomUUID()];
    beforeAll(async () => {
      graph = await connectTestNeo4j();
      await graph.ensureUnique("ContractNode", "id");
      await graph.write((tx) =>
        tx.run("UNWIND $ids AS id CREATE (n:ContractNode {id: id, total: 0})", { ids: [a, b] }),
      );
    });
    afterAll(async () => {
      await graph.write((tx) => tx.run("MATCH (n:ContractNode) WHERE n.id IN $ids DELETE n", { ids: [a, b] }));
      await graph.close();
    });

    test("two that lock each other out both have their effect, one of them by a repeat", async () => {
      const held = new Set<string>();
      let calls = 0;
      const add = (first: string, second: string) =>
        graph.write(async (tx) => {
          calls++;
          await tx.run("MATCH (n:ContractNode {id: $id}) SET n.total = n.total + 1", { id: first });
          held.add(first);
          await expect.poll(() => held.size).toBe(2);
          await tx.run("MATCH (n:ContractNode {id: $id}) SET n.total = n.total + 1", { id: second });
        });
      await Promise.all([add(a, b), add(b, a)]);
      expect(calls).toBeGreaterThan(2);
      const totals = await graph.query("MATCH (n:ContractNode) WHERE n.id IN $ids RETURN n.total AS total", {
        ids: [a, b],
      });
      expect(totals).toEqual([{ total: 2 }, { total: 2 }]);
    });

    test("an unknown database is a wrong setting", async () => {
      const wrong = connectNeo4j({
        uri: testNeo4jUri ?? "",
        username: process.env["FLEET_TEST_NEO4J_USERNAME"] ?? "neo4j",
        password: process.env["FLEET_TEST_NEO4J_PASSWORD"] ?? "",
        database: "nowhere",
      });
      await expect(wrong).rejects.toThrow("NEO4J_DATABASE");
    });
  });
});

describe("connecting to Neo4j", () => {
  const account = { username: "neo4j", password: "" };

  test.each(["", "http://127.0.0.1:7687", "not an address"])("at the address %j is a wrong setting", async (uri) => {
    await expect(connectNeo4j({ uri, ...account })).rejects.toThrow(ConfigurationError);
  });

  test("that is away is worth a repeat", async () => {
    await expect(connectNeo4j({ uri: "bolt://127.0.0.1:1", ...account })).rejects.toThrow(RetryableError);
  });
});

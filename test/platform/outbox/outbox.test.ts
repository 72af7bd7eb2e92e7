import { describe } from "vitest";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { outboxContract } from "../../contract/graph-outbox-contract.ts";

outboxContract("the embedded engine", () => openEmbeddedGraph());

describe.skipIf(testNeo4jUri === undefined)(`Neo4j${whyNoNeo4j}`, () => {
  outboxContract("Neo4j", connectTestNeo4j);
});

import { describe } from "vitest";
import { graphContract } from "../../contract/graph-contract.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";

describe.skipIf(testNeo4jUri === undefined)(`Neo4j${whyNoNeo4j}`, () => {
  graphContract("Neo4j", connectTestNeo4j);
});

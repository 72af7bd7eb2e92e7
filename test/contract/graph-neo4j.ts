import { connectNeo4j } from "../../src/platform/graph/neo4j-graph.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";

/** Where the tests find a Neo4j to write to; undefined when the environment names none. */
export const testNeo4jUri: string | undefined = process.env["FLEET_TEST_NEO4J_URI"] || undefined;

/** What the name of a skipped suite says. */
export const whyNoNeo4j = testNeo4jUri === undefined ? " (skipped: FLEET_TEST_NEO4J_URI is not set)" : "";

/** A connection to the tests' Neo4j. Suites share its store: they name their nodes by ids of their own. */
export function connectTestNeo4j(): Promise<SchemaGraph> {
  return connectNeo4j({
    uri: testNeo4jUri ?? "",
    username: process.env["FLEET_TEST_NEO4J_USERNAME"] ?? "neo4j",
    password: process.env["FLEET_TEST_NEO4J_PASSWORD"] ?? "",
  });
}

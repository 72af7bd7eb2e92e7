import { randomUUID } from "node:crypto";
import type { Driver, Plan, ProfiledPlan } from "neo4j-driver";
import type { GraphParameters } from "../../src/kernel/transaction.ts";
import { toNeo4jParameters } from "../../src/platform/graph/neo4j-parameters.ts";

type Statement = { readonly cypher: string; readonly parameters: GraphParameters };

/**
 * Does the work while the store holds so much code that to go through all of it costs more than to look it up: of a handful of
 * nodes Neo4j does what it likes.
 */
export async function amongMuchCode<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  const filler = `plans-${randomUUID()}-`;
  await driver.executeQuery(
    `UNWIND range(1, 5000) AS n CREATE (a:Code:File {id: $filler + toString(n), layer: $filler, key: toString(n), path: toString(n)})
     CREATE (a)-[:DEFINES]->(:Code:Symbol {id: $filler + toString(n) + '#', layer: $filler, key: toString(n) + '#', path: toString(n)})`,
    { filler },
  );
  try {
    await driver.executeQuery("CALL db.resampleOutdatedIndexes()");
    await driver.executeQuery("CALL db.awaitIndexes(60)");
    return await work();
  } finally {
    await driver.executeQuery("MATCH (n:Code {layer: $filler}) DETACH DELETE n", { filler });
  }
}

/** The steps of Neo4j's plan for a statement that go through all nodes, or all of a label or an index; the statement is not run. */
export async function scansOf(driver: Driver, { cypher, parameters }: Statement): Promise<readonly string[]> {
  const { summary } = await driver.executeQuery(`CYPHER replan=force EXPLAIN ${cypher}`, toNeo4jParameters(parameters));
  if (summary.plan === false) throw new Error("Neo4j told no plan.");
  return operatorsOf(summary.plan).filter((name) => name.includes("Scan"));
}

function operatorsOf({ operatorType, children }: Plan | ProfiledPlan): readonly string[] {
  return [operatorType, ...children.flatMap(operatorsOf)];
}

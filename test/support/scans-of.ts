import type { Driver, Plan, ProfiledPlan } from "neo4j-driver";
import type { GraphParameters } from "../../src/kernel/transaction.ts";
import { toNeo4jParameters } from "../../src/platform/graph/neo4j-parameters.ts";

type Statement = { readonly cypher: string; readonly parameters: GraphParameters };

/** The steps of Neo4j's plan for a statement that go through all nodes, or all of a label or an index; the statement is not run. */
export async function scansOf(driver: Driver, { cypher, parameters }: Statement): Promise<readonly string[]> {
  const { summary } = await driver.executeQuery(`EXPLAIN ${cypher}`, toNeo4jParameters(parameters));
  if (summary.plan === false) throw new Error("Neo4j told no plan.");
  return operatorsOf(summary.plan).filter((name) => name.includes("Scan"));
}

function operatorsOf({ operatorType, children }: Plan | ProfiledPlan): readonly string[] {
  return [operatorType, ...children.flatMap(operatorsOf)];
}

import { randomUUID } from "node:crypto";
import { type Driver, Neo4jError, type ProfiledPlan } from "neo4j-driver";
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

/** What Neo4j says of a statement that creates what is there already. */
const isThere = "Neo.ClientError.Schema.ConstraintValidationFailed";

/**
 * The steps by which Neo4j goes through all nodes, or all of a label or an index, where it runs a statement that was run
 * already. What this one writes is rolled back.
 */
export async function scansOf(driver: Driver, statement: Statement): Promise<readonly string[]> {
  return operatorsOf(await profileOf(driver, statement)).filter((name) => name.includes("Scan"));
}

async function profileOf(driver: Driver, statement: Statement): Promise<ProfiledPlan> {
  try {
    return await runRolledBack(driver, statement);
  } catch (error) {
    if (!(error instanceof Neo4jError) || error.code !== isThere) throw error;
    return await runRolledBack(driver, { ...statement, parameters: withOtherIds(statement.parameters) });
  }
}

async function runRolledBack(driver: Driver, { cypher, parameters }: Statement): Promise<ProfiledPlan> {
  const session = driver.session();
  const tx = session.beginTransaction();
  try {
    const { summary } = await tx.run(`CYPHER replan=force PROFILE ${cypher}`, toNeo4jParameters(parameters));
    if (summary.profile === false) throw new Error("Neo4j told no plan.");
    return summary.profile;
  } finally {
    // Without a commit, that rolls it back.
    await tx.close();
    await session.close();
  }
}

/** The rows that a statement creates nodes of have their ids in them; by a parameter of its own it looks for what is there. */
function withOtherIds(parameters: GraphParameters): GraphParameters {
  const text = JSON.stringify(parameters, function (this: unknown, key, value: unknown) {
    return key === "id" && this !== parameters ? `${value}-${randomUUID()}` : value;
  });
  return JSON.parse(text);
}

function operatorsOf({ operatorType, children }: ProfiledPlan): readonly string[] {
  return [operatorType, ...children.flatMap(operatorsOf)];
}

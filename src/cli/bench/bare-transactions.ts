import { join } from "node:path";
import grafeo from "@grafeo-db/js";
import neo4j from "neo4j-driver";
import type { Environment } from "../../platform/config/environment.ts";

/** The yardstick of the road: transactions of two statements on the engine's own interface, without our port. */
export type BareTransactions = {
  /** Changes node `n` and creates an event beside it, in one transaction. */
  run(n: number): Promise<void>;
  /**
   * How many may run at once without anything around them: the embedded engine rolls back one of two that write to the same
   * node, so that without a repeat they must run one by one (ARCHITECTURE.md, "Engines"); Neo4j lets the second one wait.
   */
  readonly safeAtOnce: number;
  close(): Promise<void>;
};

const change = "MATCH (s:BareStory {id: $id}) SET s.state = $state, s.version = s.version + 1";
const create = "CREATE (e:BareEvent:BareOutbox) SET e += $event";
const prepare = "UNWIND $ids AS id CREATE (s:BareStory {id: id}) SET s.state = 'draft', s.version = 1";
const indexed = ["BareStory", "BareEvent"] as const;

/** Opens the yardstick on the engine that the road runs on, with `count` nodes; embedded in a file of its own. */
export function openBareTransactions(
  directory: string,
  server: Environment["neo4j"],
  count: number,
): Promise<BareTransactions> {
  const ids = Array.from({ length: count }, (_, n) => `bare-${n}`);
  return server === undefined ? openEmbedded(join(directory, "bare.grafeo"), ids) : openNeo4j(server, ids);
}

async function openEmbedded(path: string, ids: readonly string[]): Promise<BareTransactions> {
  const database = grafeo.GrafeoDB.create(path);
  for (const label of indexed) {
    await database.executeCypher(`CREATE INDEX ${label}_id_index IF NOT EXISTS FOR (n:${label}) ON (n.id)`);
    await database.executeCypher(
      `CREATE CONSTRAINT ${label}_id_unique IF NOT EXISTS FOR (n:${label}) REQUIRE n.id IS UNIQUE`,
    );
  }
  await database.executeCypher(prepare, { ids });
  const next = createParameters(ids);
  return {
    async run(n) {
      const transaction = database.beginTransaction();
      const parameters = next(n);
      await transaction.executeCypher(change, parameters.change);
      await transaction.executeCypher(create, parameters.create);
      transaction.commit();
    },
    safeAtOnce: 1,
    async close() {
      database.close();
    },
  };
}

async function openNeo4j(server: NonNullable<Environment["neo4j"]>, ids: readonly string[]): Promise<BareTransactions> {
  const { uri, username, password = "", database } = server;
  const driver = neo4j.driver(uri, neo4j.auth.basic(username, password), { disableLosslessIntegers: true });
  for (const label of indexed) {
    await driver.executeQuery(
      `CREATE CONSTRAINT ${label}_id_unique IF NOT EXISTS FOR (n:${label}) REQUIRE n.id IS UNIQUE`,
      {},
      { database },
    );
  }
  await driver.executeQuery(prepare, { ids }, { database });
  const next = createParameters(ids);
  return {
    async run(n) {
      const session = driver.session({ database });
      const parameters = next(n);
      try {
        await session.executeWrite(async (transaction) => {
          await transaction.run(change, parameters.change);
          await transaction.run(create, parameters.create);
        });
      } finally {
        await session.close();
      }
    },
    safeAtOnce: Number.POSITIVE_INFINITY,
    async close() {
      for (const label of indexed) {
        await driver.executeQuery(`MATCH (n:${label}) DETACH DELETE n`, {}, { database });
      }
      await driver.close();
    },
  };
}

/** Parameters of the size that the road's own have: an event of DOMAIN.md §6 with its payload. */
function createParameters(ids: readonly string[]) {
  let count = 0;
  return (n: number) => {
    count += 1;
    const id = ids[n % ids.length] ?? "";
    return {
      change: { id, state: count % 2 === 0 ? "po-review" : "ready-for-planning" },
      create: {
        event: {
          id: `bare-event-${count}`,
          type: "planning.story.transitioned",
          version: 1,
          occurredAt: new Date().toISOString(),
          producer: "bench",
          correlationId: `bare-${count}`,
          story: id,
          installation: 1,
          repository: 1,
          payload: JSON.stringify({ from: "po-review", to: "ready-for-planning", principal: { kind: "human", id: n } }),
        },
      },
    };
  };
}

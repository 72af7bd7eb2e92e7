import neo4j, { type Driver, type ManagedTransaction, type Session, type SessionMode } from "neo4j-driver";
import type { Logger } from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { GraphParameters, GraphRow, Transaction } from "../../kernel/transaction.ts";
import { guardTransaction, type RunStatement } from "./guarded-transaction.ts";
import { identifierOf } from "./identifier.ts";
import { beginLifetime } from "./lifetime.ts";
import { fromConnectError, fromNeo4jError, isNeo4jError } from "./neo4j-errors.ts";
import { toNeo4jParameters } from "./neo4j-parameters.ts";
import type { SchemaGraph } from "./schema-graph.ts";

export type Neo4jGraphOptions = {
  /** `bolt://`, `neo4j://`, and their `+s` forms. */
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  /** The server's default database if undefined. */
  readonly database?: string | undefined;
  readonly logger?: Pick<Logger, "warn"> | undefined;
};

/** How long one transaction may run on the server, in milliseconds. */
const inTime = { timeout: 30_000 };
/** How long the driver repeats a transaction that lost a race or its server, in milliseconds. */
const retryMs = 10_000;

/**
 * The graph on Neo4j 5. Resolves once the server has answered. Throws a `ConfigurationError` for a wrong address,
 * sign-in or database, a `RetryableError` when the server is away.
 */
export async function connectNeo4j(options: Neo4jGraphOptions): Promise<SchemaGraph> {
  const driver = createDriver(options);
  const target = options.database === undefined ? {} : { database: options.database };
  try {
    await driver.verifyConnectivity(target);
    await driver.executeQuery("RETURN 1 AS one", {}, { ...target, routing: neo4j.routing.READ });
  } catch (error) {
    await driver.close();
    throw fromConnectError(error);
  }
  const lifetime = beginLifetime();

  async function inSession<T>(mode: SessionMode, work: (session: Session) => Promise<T>): Promise<T> {
    // The shared bookmarks let a read on another member of a cluster see this process's last write.
    const bookmarkManager = driver.executeQueryBookmarkManager;
    const session = driver.session({ ...target, bookmarkManager, defaultAccessMode: mode });
    try {
      return await work(session);
    } catch (error) {
      throw fromNeo4jError(error);
    } finally {
      await session.close();
    }
  }

  /** A statement that begins and commits by itself. A fault that a repeat may mend gets the driver's own repeats. */
  function runAlone(mode: SessionMode, cypher: string, parameters: GraphParameters): Promise<readonly GraphRow[]> {
    return inSession(mode, async (session) => {
      const run = (native: Session | ManagedTransaction) => runStatement(native, cypher, parameters);
      try {
        return await run(session);
      } catch (error) {
        const cause = driversOwn(error);
        if (!isNeo4jError(cause) || !cause.retriable) throw error;
        const again = (native: ManagedTransaction) => run(native).catch(rethrowOwn);
        return mode === neo4j.session.READ ? session.executeRead(again, inTime) : session.executeWrite(again, inTime);
      }
    });
  }

  /**
   * Neo4j isolates reads no better in a transaction than outside (read committed), so each statement of a read runs by
   * itself: one journey instead of two, and those that are asked for together run beside one another.
   */
  const read: SchemaGraph["read"] = (work) =>
    lifetime.during(() => runWork((cypher, parameters) => runAlone(neo4j.session.READ, cypher, parameters), work));
  const write: SchemaGraph["write"] = (work) =>
    lifetime.during(() =>
      inSession(neo4j.session.WRITE, (session) =>
        session.executeWrite(
          (native) => runWork((cypher, parameters) => runStatement(native, cypher, parameters), work).catch(rethrowOwn),
          inTime,
        ),
      ),
    );
  /** A statement that had been committed before its answer was lost finds its own condition broken at the repeat. */
  const writeOne: SchemaGraph["writeOne"] = (cypher, parameters = {}) =>
    lifetime.during(() =>
      runWork(
        (statement, values) => runAlone(neo4j.session.WRITE, statement, values),
        (tx) => tx.run(cypher, parameters),
      ),
    );
  const define = async (statement: string): Promise<void> => {
    try {
      await write((tx) => tx.run(statement));
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  };

  return {
    engine: "neo4j",
    read,
    write,
    writeOne,
    query: (cypher, parameters) => read((tx) => tx.run(cypher, parameters)),
    async ping() {
      await read((tx) => tx.run("RETURN 1 AS one"));
    },
    async ensureIndex(label, property) {
      const name = `${identifierOf(label)}_${identifierOf(property)}`;
      await define(`CREATE INDEX ${name}_index IF NOT EXISTS FOR (n:${label}) ON (n.${property})`);
    },
    async ensureUnique(label, property) {
      const name = `${identifierOf(label)}_${identifierOf(property)}`;
      await define(`CREATE CONSTRAINT ${name}_unique IF NOT EXISTS FOR (n:${label}) REQUIRE n.${property} IS UNIQUE`);
    },
    close: () => lifetime.end(() => driver.close()),
  };
}

function createDriver({ uri, username, password, logger }: Neo4jGraphOptions): Driver {
  try {
    return neo4j.driver(uri, neo4j.auth.basic(username, password), {
      // Integers beyond 2^53 are refused on the way in, so plain numbers lose nothing on the way out.
      disableLosslessIntegers: true,
      connectionTimeout: 5000,
      connectionAcquisitionTimeout: 20_000,
      maxTransactionRetryTime: retryMs,
      telemetryDisabled: true,
      notificationFilter: { minimumSeverityLevel: "OFF" },
      logging: { level: "error", logger: (_level, message) => logger?.warn({ driver: message }, "neo4j driver error") },
    });
  } catch (error) {
    throw new ConfigurationError("NEO4J_URI is not an address that starts with bolt:// or neo4j://.", { cause: error });
  }
}

async function runWork<T>(run: RunStatement, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const guarded = guardTransaction(run);
  try {
    const result = await work(guarded.transaction);
    await guarded.finish();
    return result;
  } catch (error) {
    await guarded.finish().catch(() => undefined);
    throw error;
  }
}

async function runStatement(native: Session | ManagedTransaction, cypher: string, parameters: GraphParameters) {
  try {
    const result = await withoutTrace(() => send(native, cypher, toNeo4jParameters(parameters)));
    return result.records.map((record) => record.toObject());
  } catch (error) {
    throw fromNeo4jError(error);
  }
}

function send(native: Session | ManagedTransaction, cypher: string, values: Record<string, unknown>) {
  return "executeRead" in native ? native.run(cypher, values, inTime) : native.run(cypher, values);
}

/** The driver writes down where each statement was sent from, a quarter of its time for one; an error of ours tells that. */
function withoutTrace<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The driver's error that one of ours was made from. */
function driversOwn(error: unknown): unknown {
  return error instanceof Error && isNeo4jError(error.cause) ? error.cause : error;
}

/** Hands the driver its own errors back, so that it knows which transactions to repeat. */
function rethrowOwn(error: unknown): never {
  throw driversOwn(error);
}

/** Two processes that set up the schema at once: the second one finds what it was about to make. */
function isAlreadyThere(error: unknown): boolean {
  if (!(error instanceof Error) || !isNeo4jError(error.cause)) return false;
  return /Schema\.(EquivalentSchemaRuleAlreadyExists|ConstraintAlreadyExists|IndexAlreadyExists)$/.test(
    error.cause.code,
  );
}

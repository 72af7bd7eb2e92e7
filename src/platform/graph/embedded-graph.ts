import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import grafeo, { type GrafeoDB, type Transaction as GrafeoTransaction } from "@grafeo-db/js";
import type { Logger } from "pino";
import { ConfigurationError, PermanentError } from "../../kernel/errors.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { fromEmbeddedError, isLostRace } from "./embedded-errors.ts";
import { describeHolder, removeHolder, writeHolder } from "./embedded-holder.ts";
import { guardTransaction } from "./guarded-transaction.ts";
import { identifierOf } from "./identifier.ts";
import { beginLifetime } from "./lifetime.ts";
import type { SchemaGraph } from "./schema-graph.ts";
import { createWriteGate, type WriteGate } from "./write-gate.ts";

export type EmbeddedGraphOptions = {
  /** The graph's file; its folder is made. In memory if undefined. */
  readonly path?: string | undefined;
  readonly logger?: Pick<Logger, "warn"> | undefined;
};

/** A running write longer than this (ms) has those behind it refused; Neo4j gets the same limit per transaction. */
const stuckMs = 30_000;
/** Writes at once: the engine's statements run on other threads, so that more than one keeps the cores busy. */
const writesAtOnce = 8;
/** The log is folded into the file at this size (bytes), so that an open after a crash stays short. */
const walBytes = 32 * 1024 * 1024;

/**
 * The graph in this process, on one file. What was acknowledged survives `kill -9`. Reads see the last commit. Writes run
 * several at once; of two that change the same node or make the same key the engine rolls one back, and that one is run again
 * with no other beside it. Throws a `ConfigurationError` when the file is in use by another process, or is not a graph.
 */
export async function openEmbeddedGraph(options: EmbeddedGraphOptions = {}): Promise<SchemaGraph> {
  const path = options.path === undefined ? undefined : resolve(options.path);
  const database = await openDatabase(path);
  if (path !== undefined) {
    database.setCheckpointTriggers({ walBytes });
    await writeHolder(path);
  }
  const lifetime = beginLifetime();
  const writes = createWriteGate(writesAtOnce, stuckMs);

  async function inTransaction<T>(work: (tx: Transaction) => Promise<T>, how: "read" | keyof WriteGate): Promise<T> {
    const native = database.beginTransaction();
    try {
      const guarded = guardTransaction(statementRunner(native, how));
      const result = await settled(work, guarded.transaction, guarded.finish);
      if (how !== "read") commit(native);
      return result;
    } finally {
      if (native.isActive) rollback(native, options.logger);
    }
  }

  const read: SchemaGraph["read"] = (work) => lifetime.during(() => inTransaction(work, "read"));
  const write: SchemaGraph["write"] = (work) =>
    lifetime.during(async () => {
      try {
        return await writes.shared(() => inTransaction(work, "shared"));
      } catch (error) {
        if (!isWorthAnotherRun(error)) throw error;
        return writes.alone(() => inTransaction(work, "alone"));
      }
    });
  const define = async (statement: string): Promise<void> => {
    await lifetime.during(() => writes.alone(() => database.executeCypher(statement).catch(rethrow)));
  };
  const ensureIndex: SchemaGraph["ensureIndex"] = async (label, property) => {
    const name = `${identifierOf(label)}_${identifierOf(property)}`;
    await define(`CREATE INDEX ${name}_index IF NOT EXISTS FOR (n:${label}) ON (n.${property})`);
  };

  return {
    engine: "embedded",
    read,
    write,
    writeOne: (cypher, parameters) => write((tx) => tx.run(cypher, parameters)),
    query: (cypher, parameters) => read((tx) => tx.run(cypher, parameters)),
    async ping() {
      await read((tx) => tx.run("RETURN 1 AS one"));
    },
    ensureIndex,
    async ensureUnique(label, property) {
      const name = `${identifierOf(label)}_${identifierOf(property)}`;
      // Here a constraint brings no index with it, so a look-up would scan.
      await ensureIndex(label, property);
      await define(`CREATE CONSTRAINT ${name}_unique IF NOT EXISTS FOR (n:${label}) REQUIRE n.${property} IS UNIQUE`);
    },
    close: () =>
      lifetime.end(async () => {
        try {
          database.close();
        } catch (error) {
          options.logger?.warn({ err: fromEmbeddedError(error) }, "the embedded graph could not fold its log on close");
        }
        if (path !== undefined) await removeHolder(path);
      }),
  };
}

async function openDatabase(path: string | undefined): Promise<GrafeoDB> {
  try {
    if (path === undefined) return grafeo.GrafeoDB.create();
    await mkdir(dirname(path), { recursive: true });
    return grafeo.GrafeoDB.create(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (path !== undefined && message.includes("cannot be locked")) {
      throw new ConfigurationError(
        `The graph file ${path} is in use by ${await describeHolder(path)}. The embedded graph serves one process at a ` +
          "time: stop that one, choose another file, or set NEO4J_URI to run several processes on Neo4j.",
        { cause: error },
      );
    }
    throw new ConfigurationError(`The embedded graph cannot be opened: ${message}`, { cause: error });
  }
}

/**
 * Runs the work and then `finish`, also when the work throws, so that nothing runs on at the rollback. A lost race counts
 * before whatever the work made of it: it is what another run mends.
 */
async function settled<T>(
  work: (tx: Transaction) => Promise<T>,
  transaction: Transaction,
  finish: () => Promise<void>,
): Promise<T> {
  try {
    const result = await work(transaction);
    await finish();
    return result;
  } catch (error) {
    const failure = await finish().then(
      () => undefined,
      (first: unknown) => first,
    );
    throw isWorthAnotherRun(failure) ? failure : error;
  }
}

/** Two that merge the same relationship at once would both make it: the engine keeps nodes and keys apart, not these. */
const mergesRelationship = /\bMERGE\s*\([^)]*\)\s*<?-/i;
const mustBeAlone = new PermanentError("A statement that merges a relationship ran beside other writes.");

function isWorthAnotherRun(error: unknown): boolean {
  return error === mustBeAlone || isLostRace(error);
}

/** One statement after the other: the engine gives no order to statements that overlap. */
function statementRunner(native: GrafeoTransaction, how: "read" | keyof WriteGate) {
  let last: Promise<unknown> = Promise.resolve();
  return (cypher: string, parameters: object) => {
    const rows = last.then(async () => {
      if (how === "shared" && mergesRelationship.test(cypher)) throw mustBeAlone;
      const result = await native.executeCypher(cypher, parameters).catch(rethrow);
      if (how === "read" && Object.values(result.counters).some((count) => count > 0)) {
        throw new PermanentError("A statement wrote in a read transaction.");
      }
      return result.toArray();
    });
    last = rows.catch(() => undefined);
    return rows;
  };
}

function commit(native: GrafeoTransaction): void {
  try {
    native.commit();
  } catch (error) {
    throw fromEmbeddedError(error);
  }
}

/** A failed commit has rolled back already, though the transaction still calls itself active. */
function rollback(native: GrafeoTransaction, logger: EmbeddedGraphOptions["logger"]): void {
  try {
    native.rollback();
  } catch (error) {
    if (fromEmbeddedError(error).message.includes("No active transaction")) return;
    logger?.warn({ err: fromEmbeddedError(error) }, "the embedded graph could not roll a transaction back");
  }
}

function rethrow(error: unknown): never {
  throw fromEmbeddedError(error);
}

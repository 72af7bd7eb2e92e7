import type { CompareAndSetInGraph } from "./graph.ts";
import { identifierOf } from "./identifier.ts";

/**
 * Sets properties and raises `version` by one if it is still the one that was read; a null removes its property. Exactly
 * one of many concurrent callers gets true, also on Neo4j: a read takes no lock there, so a write that leaves nothing behind
 * locks the node before the version is compared. It must be a `SET`: Neo4j skips the `REMOVE` of a property that no
 * node of the store has ever had, and takes no lock for it.
 */
export const compareAndSet: CompareAndSetInGraph = async (tx, { label, id, version, set }) => {
  const rows = await tx.run(
    `MATCH (n:${identifierOf(label)} {id: $id})
     SET n._lock = true
     REMOVE n._lock
     WITH n WHERE n.version = $version
     SET n += $properties
     SET n.version = $version + 1
     RETURN count(n) AS changed`,
    { id, version, properties: set },
  );
  return rows[0]?.["changed"] === 1;
};

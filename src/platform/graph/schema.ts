import { ConfigurationError, PermanentError } from "../../kernel/errors.ts";
import { fleetSchema, type GraphSchema } from "./fleet-schema.ts";
import type { SchemaGraph } from "./schema-graph.ts";

/**
 * Sets the store up for this code: constraints, indexes, and the version in a node of its own. Running it again, or from
 * two processes at once, changes nothing more. Throws a `ConfigurationError` when a newer version of the fleet has set
 * the store up: it may rely on what this code does not write.
 */
export async function ensureSchema(graph: SchemaGraph, schema: GraphSchema = fleetSchema): Promise<void> {
  const stored = await storedVersion(graph, schema.name);
  if (stored > schema.version) {
    throw new ConfigurationError(
      `The graph has schema version ${stored}, and this version of the fleet knows ${schema.version}. Start the newer fleet.`,
    );
  }
  if (stored === schema.version) return;
  await graph.ensureUnique("Schema", "id");
  for (const { label, property, unique } of schema.entries) {
    await (unique ? graph.ensureUnique(label, property) : graph.ensureIndex(label, property));
  }
  await storeVersion(graph, schema);
}

async function storedVersion(graph: SchemaGraph, name: string): Promise<number> {
  const [row] = await graph.query("MATCH (s:Schema {id: $name}) RETURN s.version AS version", { name });
  if (!row) return 0;
  const version = row["version"];
  if (typeof version !== "number") throw new PermanentError("The graph's schema version is not a number.");
  return version;
}

/** Only ever raises it: a newer process may have stored its own in the meantime. */
async function storeVersion(graph: SchemaGraph, { name, version }: GraphSchema): Promise<void> {
  await graph.write((tx) =>
    tx.run(
      `MERGE (s:Schema {id: $name})
       ON CREATE SET s.version = $version
       WITH s WHERE s.version < $version
       SET s.version = $version`,
      { name, version },
    ),
  );
}

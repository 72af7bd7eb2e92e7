import neo4j from "neo4j-driver";
import type { GraphParameters } from "../../kernel/transaction.ts";

/** The parameters as the driver needs them: it would send every JS number as a float, so integers become its `Integer`. */
export function toNeo4jParameters(parameters: GraphParameters): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toNeo4jValue(value)]));
}

function toNeo4jValue(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? neo4j.int(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toNeo4jValue);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toNeo4jValue(inner)]));
}

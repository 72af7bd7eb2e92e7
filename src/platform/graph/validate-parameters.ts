import { LRUCache } from "lru-cache";
import { PermanentError } from "../../kernel/errors.ts";
import type { GraphParameters } from "../../kernel/transaction.ts";
import { findPropertyUses, type PropertyUse } from "./property-uses.ts";

/** Where in the parameters, and why not. */
type Fault = { readonly at: string; readonly why: string };

const usesByStatement = new LRUCache<string, readonly PropertyUse[]>({ max: 1000 });
const deepest = 16;

/**
 * Throws a `PermanentError` naming the parameter's path if a value is one that an engine would refuse, or change without
 * a word: the embedded one stores maps and merges on null, which Neo4j refuses; both turn a Date, NaN and undefined
 * into something else. So that a query which passes on one engine passes on both. Never names the value.
 */
export function validateParameters(cypher: string, parameters: GraphParameters): void {
  const fault = faultOf(parameters, 0) ?? storageFault(cypher, parameters);
  if (fault) throw new PermanentError(`The parameter $${fault.at.replace(/^\./, "")} ${fault.why}.`);
}

function faultOf(value: unknown, depth: number): Fault | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return numberFault(value);
    case "object":
      if (value === null) return undefined;
      if (depth > deepest) return { at: "", why: `is nested more than ${deepest} levels deep` };
      return Array.isArray(value) ? listFault(value, depth) : mapFault(value, depth);
    default:
      return { at: "", why: value === undefined ? "is undefined: pass null" : `is a ${typeof value}` };
  }
}

function numberFault(value: number): Fault | undefined {
  if (!Number.isFinite(value)) return { at: "", why: "is not a finite number" };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return { at: "", why: "is an integer beyond 2^53" };
  return undefined;
}

function listFault(list: readonly unknown[], depth: number): Fault | undefined {
  for (let index = 0; index < list.length; index++) {
    const fault = faultOf(list[index], depth + 1);
    if (fault) return { ...fault, at: `[${index}]${fault.at}` };
  }
  return undefined;
}

function mapFault(map: object, depth: number): Fault | undefined {
  if (map instanceof Date) return { at: "", why: "is a Date: pass an ISO string or milliseconds since the epoch" };
  const prototype: unknown = Object.getPrototypeOf(map);
  if (prototype !== Object.prototype && prototype !== null) return { at: "", why: "is a class instance" };
  for (const [key, value] of Object.entries(map)) {
    if (key === "__proto__") return { at: ".__proto__", why: "has a name that does not reach the engine" };
    const fault = faultOf(value, depth + 1);
    if (fault) return { ...fault, at: `.${key}${fault.at}` };
  }
  return undefined;
}

function storageFault(cypher: string, parameters: GraphParameters): Fault | undefined {
  let uses = usesByStatement.get(cypher);
  if (!uses) {
    uses = findPropertyUses(cypher);
    usesByStatement.set(cypher, uses);
  }
  for (const { path, as } of uses) {
    const fault = followFault(parameters, path, as);
    if (fault) return fault;
  }
  return undefined;
}

/** Follows the path to every value that it names; a path that leads nowhere is the engine's to refuse. */
function followFault(value: unknown, path: readonly string[], as: PropertyUse["as"]): Fault | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return useFault(value, as);
  if (typeof value !== "object" || value === null) return undefined;
  if (step === "*") {
    for (const [index, element] of Object.entries(value)) {
      const fault = followFault(element, rest, as);
      if (fault) return { ...fault, at: `[${index}]${fault.at}` };
    }
    return undefined;
  }
  const inner = Object.entries(value).find(([key]) => key === step);
  if (!inner) return as === "merge-key" ? { at: `.${step}`, why: "is missing, and is a key of MERGE" } : undefined;
  const fault = followFault(inner[1], rest, as);
  return fault && { ...fault, at: `.${step}${fault.at}` };
}

function useFault(value: unknown, as: PropertyUse["as"]): Fault | undefined {
  if (as === "merge-key" && value === null) return { at: "", why: "is null, and is a key of MERGE" };
  if (as !== "properties") return propertyFault(value);
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, property] of Object.entries(value)) {
    const fault = propertyFault(property);
    if (fault) return { ...fault, at: `.${key}${fault.at}` };
  }
  return undefined;
}

/** A property is a scalar or a list of scalars of one kind (Cypher manual, "Property types"). */
function propertyFault(value: unknown): Fault | undefined {
  if (!Array.isArray(value)) {
    return typeof value === "object" && value !== null
      ? { at: "", why: "is a map, and stored as a property" }
      : undefined;
  }
  const kinds = new Set(value.map((element) => (element === null ? "null" : typeof element)));
  if (kinds.has("object")) return { at: "", why: "is a list of maps or lists, and stored as a property" };
  if (kinds.has("null")) return { at: "", why: "is a list with null in it, and stored as a property" };
  return kinds.size > 1 ? { at: "", why: "is a list of mixed kinds, and stored as a property" } : undefined;
}

import { PermanentError } from "../../kernel/errors.ts";

const identifier = /^[A-Za-z][A-Za-z0-9]*$/;

/**
 * The name itself if it may stand in a query's text as a label or a property: Cypher takes no parameter there, so
 * nothing but letters and digits passes. Throws a `PermanentError` otherwise.
 */
export function identifierOf(name: string): string {
  if (!identifier.test(name)) throw new PermanentError("A label or property name holds more than letters and digits.");
  return name;
}

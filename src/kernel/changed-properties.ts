import type { GraphProperty } from "./transaction.ts";

/** The properties of one node: scalars and lists of scalars, null for what is not there. */
export type Properties = Readonly<Record<string, GraphProperty>>;

/** The properties that differ, to be set with `+=`; a null removes its property. */
export function changedProperties(before: Properties, after: Properties): Properties {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => {
      const known = before[name];
      if (value === known) return false;
      return typeof value !== "object" || JSON.stringify(value) !== JSON.stringify(known);
    }),
  );
}

import type { EntityQuery } from "./entity-query.ts";

/** The longest shape that a record keeps, in characters. */
const longest = 500;

/**
 * What a query asks, without its values: what an access leaves in the audit. Names that are none of the tables come from
 * outside, so they are cut and cleaned.
 */
export function queryShape(query: EntityQuery): string {
  const { entity, fields, id, ownTask, filter = [], search, order, after, limit, count } = query;
  const parts = [
    `${name(entity)}(${[...new Set(fields)].map(name).join(" ")})`,
    ...(id === undefined ? [] : ["by id"]),
    ...(ownTask === undefined ? [] : ["of the own task"]),
    ...filter.map(({ field, test }) => `${name(field)} ${test} ?`),
    ...(search === undefined ? [] : [`search ${search.fields.map(name).join(" ")}`]),
    ...(order === undefined ? [] : [`order ${name(order.field)}${order.descending === true ? " desc" : ""}`]),
    ...(after === undefined ? [] : ["after"]),
    `limit ${limit}`,
    ...(count === true ? ["count"] : []),
  ];
  return parts.join("; ").slice(0, longest);
}

function name(text: string): string {
  return /^[A-Za-z]{1,40}$/.test(text) ? text : "(no name)";
}

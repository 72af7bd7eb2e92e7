import { principalKey } from "../../../kernel/principal.ts";
import type { GraphParameters } from "../../../kernel/transaction.ts";
import type { AllowedField, AllowedQuery } from "../../domain/access/entity-query.ts";
import { ownType, testingOrLater } from "../../domain/access/rows.ts";
import { rowsSeenBy } from "../../domain/access/seen-by.ts";
import { linkPatterns, linkRules } from "./link-patterns.ts";
import { labels, type RowPattern, rowPatterns } from "./row-patterns.ts";

export type CompiledQuery = {
  /** Answers with `_id`, `_key` (what orders) and a column `c0`, `c1` … for each field. */
  readonly cypher: string;
  /** Answers with `total`; null where nobody asked how many there are. */
  readonly countCypher: string | null;
  readonly parameters: GraphParameters;
};

/**
 * A query as Cypher: the row rule is its pattern, the columns are its projection, so that the engine loads, orders,
 * filters and counts nothing that the viewer may not see. Names in the text are the tables' own; whatever came from
 * outside is a parameter.
 */
export function compileQuery(query: AllowedQuery): CompiledQuery {
  const { fields, order, after, count } = query;
  // Over relationships the same node may be come to twice. To ask that of 100,000 nodes takes longer than to find them.
  const distinct = patternOf(query.rows, query.entity).road?.includes("[") === true ? "DISTINCT " : "";
  const found = `${findRows(query)}\nWITH ${distinct}n WHERE ${conditions(query).join(" AND ")}`;
  const key = order.field.kind === "number" ? "-1" : "''";
  const [direction, beyond] = order.descending ? ["DESC", "<"] : ["ASC", ">"];
  const page = after === null ? "" : ` WHERE key ${beyond} $afterKey OR (key = $afterKey AND n.id ${beyond} $afterId)`;
  const columns = fields.map((field, index) => `${valueIn(query, field)} AS c${index}`);
  return {
    cypher: `${found}
WITH n, coalesce(n.${order.field.property}, ${key}) AS key${page}
WITH n, key ORDER BY key ${direction}, n.id ${direction} LIMIT $limit
RETURN n.id AS _id, key AS _key, ${columns.join(", ")} ORDER BY _key ${direction}, _id ${direction}`,
    countCypher: count ? `${found} RETURN count(n) AS total` : null,
    parameters: parametersOf(query),
  };
}

/** The row rule's pattern. One entity by its id begins there, whatever the rule begins with. */
function findRows({ entity, rows, id }: AllowedQuery): string {
  const { road, beside, condition } = patternOf(rows, entity);
  const label = labels[entity];
  const start = id === null ? `{repository: $repository}` : "{id: $id}";
  const roads = road === null ? [] : [`MATCH ${road}`];
  const own = road === null || id !== null ? [`MATCH (n:${label} ${start})`] : [];
  const kept = beside === undefined ? "n" : `n, ${beside}`;
  const filtered = condition === undefined ? [] : [`WITH ${kept} WHERE ${condition}`];
  return [...own, ...roads, ...filtered].join("\n");
}

function patternOf(rule: AllowedQuery["rows"], entity: AllowedQuery["entity"]): RowPattern {
  const patterns: Readonly<Record<string, RowPattern>> = rowPatterns[rule];
  const pattern = patterns[entity];
  if (pattern === undefined) throw new TypeError(`the row rule ${rule} has no pattern for a ${entity}`);
  return pattern;
}

function conditions({ filter, search }: AllowedQuery): readonly string[] {
  const contains = (field: AllowedField, parameter: string) =>
    `toLower(n.${field.property}) CONTAINS toLower($${parameter})`;
  return [
    "n.repository = $repository",
    "n.installation = $installation",
    ...filter.map(({ field, test }, index) => {
      if (test === "contains") return contains(field, `filter${index}`);
      return test === "has" ? `$filter${index} IN n.${field.property}` : `n.${field.property} = $filter${index}`;
    }),
    ...(search === null ? [] : [`(${search.fields.map((field) => contains(field, "search")).join(" OR ")})`]),
  ];
}

function valueIn(query: AllowedQuery, field: AllowedField): string {
  return field.property === null ? linksOf(query, field) : `n.${field.property}`;
}

function linksOf({ entity, viewer }: AllowedQuery, { name }: AllowedField): string {
  const link = linkPatterns[`${entity}.${name}`];
  if (link === undefined) throw new TypeError(`no relationship tells the field ${name} of a ${entity}`);
  const { path, gives, to } = link;
  if (to === null) return `[${path} | ${gives}]`;
  const rule = rowsSeenBy(viewer, to);
  const seen = rule === null ? undefined : linkRules[rule]?.[to];
  if (seen === undefined) throw new TypeError(`no rule says which ${to} of a ${entity} is seen`);
  const { onward = "", condition = "true" } = seen;
  const here = "x.repository = $repository AND x.installation = $installation";
  return `[${path}${onward} WHERE ${here} AND ${condition} | ${gives}]`;
}

function parametersOf({ viewer, id, filter, search, after, limit }: AllowedQuery): GraphParameters {
  return {
    installation: viewer.installation,
    repository: viewer.repository,
    person: principalKey(viewer.principal),
    task: viewer.task,
    story: viewer.context?.story ?? null,
    ownType: ownType[viewer.role] ?? null,
    tested: testingOrLater,
    limit,
    ...(id === null ? {} : { id }),
    ...Object.fromEntries(filter.map(({ value }, index) => [`filter${index}`, value])),
    ...(search === null ? {} : { search: search.text }),
    ...(after === null ? {} : { afterKey: after.key, afterId: after.id }),
  };
}

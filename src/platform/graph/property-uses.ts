/** A place where a statement stores a parameter, so that the value must be one that every engine can store. */
export type PropertyUse = {
  /** The parameter's name, then keys; `*` stands for each element of a list. */
  readonly path: readonly [string, ...string[]];
  readonly as: "property" | "properties" | "merge-key";
};

const reference = String.raw`(\$?\w+(?:\.\w+)*)`;
const unwind = new RegExp(String.raw`\bUNWIND\s+${reference}\s+AS\s+(\w+)`, "gi");
/** `n.key = $value` and `{key: $value}`. */
const oneProperty = new RegExp(String.raw`(?:\.\s*\w+\s*=|\w\s*:)\s*${reference}(?![\w.(])`, "g");
/** `n += $map`, `SET n = $map`, `(n:Label $map)` and `[r:TYPE $map]`. */
const allProperties = [
  new RegExp(String.raw`\+=\s*${reference}`, "g"),
  new RegExp(String.raw`(?:\bSET\s+|,\s*)\w+\s*=\s*${reference}(?![\w.(])`, "gi"),
  new RegExp(String.raw`[([]\s*(?:\w+|\w*(?:\s*:\s*\w+)+)\s+${reference}\s*[)\]]`, "g"),
];
const merge =
  /\bMERGE\b(.*?)(?=\b(?:ON|SET|WITH|RETURN|MATCH|CREATE|MERGE|REMOVE|DELETE|DETACH|UNWIND|CALL|FOREACH)\b|$)/gis;

/**
 * Where a statement stores its parameters, directly or through `UNWIND … AS row`. It reads the text, not the grammar: a
 * parameter that travels through `WITH` under another name is not followed, and there the engine has the last word.
 */
export function findPropertyUses(cypher: string): readonly PropertyUse[] {
  const rows = new Map<string, PropertyUse["path"]>();
  const resolve = (text: string): PropertyUse["path"] | undefined => {
    const [head = "", ...keys] = text.split(".");
    if (head.startsWith("$")) return [head.slice(1), ...keys];
    const row = rows.get(head);
    return row && [...row, ...keys];
  };
  for (const [, list = "", row = ""] of cypher.matchAll(unwind)) {
    const path = resolve(list);
    if (path) rows.set(row, [...path, "*"]);
  }
  const collect = (text: string, pattern: RegExp, as: PropertyUse["as"]): PropertyUse[] =>
    [...text.matchAll(pattern)].flatMap(([, found = ""]) => {
      const path = resolve(found);
      return path ? [{ path, as }] : [];
    });
  return [
    ...collect(cypher, oneProperty, "property"),
    ...allProperties.flatMap((pattern) => collect(cypher, pattern, "properties")),
    ...[...cypher.matchAll(merge)].flatMap(([, body = ""]) => collect(body, oneProperty, "merge-key")),
  ];
}

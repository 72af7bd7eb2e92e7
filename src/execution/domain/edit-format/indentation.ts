function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/**
 * Moves the replacement to where the search text was found with another indentation. Every indent that a search line has
 * is mapped to the one of the file's line beside it; deeper lines keep what they have beyond the longest mapped indent.
 */
export function reindent(
  search: readonly string[],
  found: readonly string[],
  replace: readonly string[],
): readonly string[] {
  const map = new Map<string, string>();
  for (const [at, line] of search.entries()) {
    const indent = indentOf(line);
    if (line.trim() !== "" && !map.has(indent)) map.set(indent, indentOf(found[at] ?? ""));
  }
  const known = [...map.keys()].sort((a, b) => b.length - a.length);
  return replace.map((line) => {
    if (line.trim() === "") return line;
    const indent = indentOf(line);
    const base = known.find((candidate) => indent.startsWith(candidate));
    if (base !== undefined) return (map.get(base) ?? "") + line.slice(base.length);
    return shiftedLeft(line, indent, known.at(-1), map);
  });
}

/** A replacement line that is less indented than every search line: moved by as much as the least indented of them. */
function shiftedLeft(
  line: string,
  indent: string,
  least: string | undefined,
  map: ReadonlyMap<string, string>,
): string {
  if (least === undefined) return line;
  const target = map.get(least) ?? "";
  const less = least.length - indent.length;
  return (target.length >= less ? target.slice(0, target.length - less) : "") + line.trimStart();
}

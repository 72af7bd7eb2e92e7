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

/**
 * Moves a block from the indentation `base` to `target`, in the file's own kind of indentation: tabs where the file has
 * only tabs, spaces where it has only spaces. Lines that are less indented than `base` stay: they are inside a text.
 */
export function rebase(
  block: readonly string[],
  base: string,
  target: string,
  file: readonly string[],
): readonly string[] {
  const kinds = kindsOf(file);
  const own = kindsOf(block.map((line) => (line.startsWith(base) ? line.slice(base.length) : "")));
  const convert =
    kinds.tabs && !kinds.spaces && own.spaces && !own.tabs
      ? (indent: string) => "\t".repeat(Math.floor(indent.length / own.unit)) + " ".repeat(indent.length % own.unit)
      : kinds.spaces && !kinds.tabs && own.tabs && !own.spaces
        ? (indent: string) => indent.replaceAll("\t", " ".repeat(kinds.unit))
        : (indent: string) => indent;
  return block.map((line) => {
    if (line.trim() === "" || !line.startsWith(base)) return line;
    const rest = line.slice(base.length);
    const indent = indentOf(rest);
    return target + convert(indent) + rest.slice(indent.length);
  });
}

/** Which indents a text has; `unit` is the least number of spaces, where comments' ` *` do not count. */
function kindsOf(lines: readonly string[]): {
  readonly tabs: boolean;
  readonly spaces: boolean;
  readonly unit: number;
} {
  const indents = lines.filter((line) => !/^\s*(?:\*|$)/.test(line)).map(indentOf);
  const spaces = indents.filter((indent) => indent.startsWith(" ")).map(({ length }) => length);
  return {
    tabs: indents.some((indent) => indent.startsWith("\t")),
    spaces: spaces.length > 0,
    unit: spaces.reduce((least, length) => Math.min(least, length), spaces.length > 0 ? (spaces[0] ?? 4) : 4),
  };
}

/** A SEARCH/REPLACE block as it stands in the text. Line numbers count from 0; `last` is the closing marker's line. */
export type MarkedBlock = {
  readonly first: number;
  readonly last: number;
  readonly search: string;
  readonly replace: string;
};

/** Lines as an edit holds them: each ends in a newline, so that one empty line and no line are not the same. */
export function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Finds the blocks by their markers alone, wherever they stand: inside a fence, after a fence that the model forgot, or
 * around lines that are fences themselves. The divider has as many `=` as the opening has `<`, so that an underlined
 * heading inside is rarely taken for one.
 */
export function markedBlocks(lines: readonly string[]): { blocks: readonly MarkedBlock[]; open: readonly number[] } {
  const blocks: MarkedBlock[] = [];
  const open: number[] = [];
  for (let first = 0; first < lines.length; first += 1) {
    const marks = /^\s*(<{5,9})\s*SEARCH\b/.exec(lines[first] ?? "")?.[1];
    if (marks === undefined) continue;
    const divider = find(lines, first + 1, (line) => line.trim() === "=".repeat(marks.length));
    const last = divider === null ? null : find(lines, divider + 1, (line) => /^\s*>{5,9}\s*REPLACE\b/.test(line));
    if (divider === null || last === null) {
      open.push(first);
      continue;
    }
    blocks.push({
      first,
      last,
      search: toText(lines.slice(first + 1, divider)),
      replace: toText(lines.slice(divider + 1, last)),
    });
    first = last;
  }
  return { blocks, open };
}

/** The next line that fits, not looking past the next opening marker. */
function find(lines: readonly string[], from: number, fits: (line: string) => boolean): number | null {
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (fits(line)) return at;
    if (/^\s*<{5,9}\s*SEARCH\b/.test(line)) return null;
  }
  return null;
}

/** What stands above a definition and belongs to it. */
type HeadSort = "comment" | "decorator";

/** The sorts of the lines with which a block begins before its definition, one for each line. */
export function headOf(lines: readonly string[]): readonly HeadSort[] {
  const head: HeadSort[] = [];
  let inComment = false;
  for (const line of lines) {
    const text = line.trim();
    const sort = inComment ? "comment" : sortOf(text);
    if (sort === null) break;
    if (text.startsWith("/*")) inComment = true;
    if (text.endsWith("*/")) inComment = false;
    head.push(sort);
  }
  return head;
}

/** How many lines directly above a definition belong to it and are of a sort that the block brings itself. */
export function attachedLines(texts: readonly string[], row: number, head: readonly HeadSort[]): number {
  let at = row;
  while (at > 0) {
    const text = (texts[at - 1] ?? "").trim();
    let next = at - 1;
    let sort = sortOf(text);
    if (text.endsWith("*/")) {
      sort = "comment";
      while (next > 0 && !(texts[next] ?? "").trim().startsWith("/*")) next -= 1;
    }
    if (sort === null || !head.includes(sort)) break;
    at = next;
  }
  return row - at;
}

/** A line comment, the beginning of one in marks, an attribute, or a decorator; null for code and empty lines. */
function sortOf(text: string): HeadSort | null {
  if (text.startsWith("#[") || /^@[\w.]+/.test(text)) return "decorator";
  return /^(?:\/\/|\/\*|#(?!!))/.test(text) ? "comment" : null;
}

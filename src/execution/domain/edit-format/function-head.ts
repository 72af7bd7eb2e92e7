/** What stands above a definition and belongs to it. */
type HeadSort = "comment" | "decorator";

/** Decorators of more lines are no longer looked at as one. */
const longest = 30;

/** The sorts of the lines with which a block begins before its definition, one for each line. */
export function headOf(lines: readonly string[]): readonly HeadSort[] {
  const head: HeadSort[] = [];
  while (head.length < lines.length) {
    const text = (lines[head.length] ?? "").trim();
    const sort = sortOf(text);
    if (sort === null) break;
    const height = sort === "comment" ? commentHeight(lines, head.length) : decoratorHeight(lines, head.length);
    head.push(...Array.from({ length: height }, () => sort));
  }
  return head;
}

/** How many lines directly above a definition belong to it and are of a sort that the block brings itself. */
export function attachedLines(texts: readonly string[], row: number, head: readonly HeadSort[]): number {
  let at = row;
  while (at > 0) {
    const above = startAbove(texts, at);
    if (above === null || !head.includes(above.sort)) break;
    at = above.from;
  }
  return row - at;
}

/** The comment or decorator that ends on the line above `row`; null where that line is none. */
function startAbove(texts: readonly string[], row: number): { readonly from: number; readonly sort: HeadSort } | null {
  const last = (texts[row - 1] ?? "").trim();
  const sort = sortOf(last);
  if (sort === "decorator" && balanceOf(last) <= 0) return { from: row - 1, sort };
  if (sort === "comment" && !last.endsWith("*/")) return { from: row - 1, sort };
  const inMarks = last.endsWith("*/") && last.lastIndexOf("/*") <= 0;
  for (let from = row - 1; from >= Math.max(0, row - longest); from -= 1) {
    const text = (texts[from] ?? "").trim();
    // Another comment's end: what lies between is code.
    if (inMarks && from < row - 1 && text.includes("*/")) return null;
    if (inMarks && text.startsWith("/*")) return { from, sort: "comment" };
    const begins = sortOf(text) === "decorator";
    if (begins && from + decoratorHeight(texts, from) === row) return { from, sort: "decorator" };
    if (text === "" || begins) return null;
  }
  return null;
}

function commentHeight(lines: readonly string[], from: number): number {
  if (!(lines[from] ?? "").trim().startsWith("/*")) return 1;
  const end = lines.findIndex((line, at) => at >= from && line.trim().endsWith("*/"));
  return end < 0 ? 1 : end - from + 1;
}

/** A decorator goes on until its brackets are closed. */
function decoratorHeight(lines: readonly string[], from: number): number {
  let open = 0;
  for (const [at, line] of lines.slice(from, from + longest).entries()) {
    open += balanceOf(line);
    if (open <= 0) return at + 1;
  }
  return 1;
}

/** Opened less closed brackets, those in strings left out as far as one line shows them. */
function balanceOf(line: string): number {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  return (bare.match(/[([{]/g)?.length ?? 0) - (bare.match(/[)\]}]/g)?.length ?? 0);
}

/** A line comment, the beginning of one in marks, an attribute, or a decorator; null for code and empty lines. */
function sortOf(text: string): HeadSort | null {
  if (text.startsWith("#[") || /^@[\w.]+/.test(text)) return "decorator";
  return /^(?:\/\/|\/\*|#(?!!))/.test(text) ? "comment" : null;
}

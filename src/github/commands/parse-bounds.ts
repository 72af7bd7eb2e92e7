/**
 * What keeps the parsing of one comment short. Markdown parsers take quadratic time, or a stack as deep as the text, for
 * some texts that nobody writes by hand: 64 KB of `*a_` take a minute and a half.
 */

/** The longest comment that GitHub takes, in characters. */
const maxLength = 65_536;
/** How many quotes and lists may begin on one line, and how many lists inside others there may be in all. */
const maxQuotes = 24;
const maxLists = 4;
const maxNested = 500;
/** How many brackets (each may begin or end a link) and table cells there may be. */
const maxBrackets = 2_000;
const maxCells = 8_000;

/** Indentation, quote and list markers, rules and fences: what a block begins with. Its alternatives never overlap. */
const blockStart = /^(?:[ \t>]|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|\r?$)|(?:\*{3,}|_{3,})(?=[ \t]*\r?$)|~{3,})*/;

/** Whether any line could begin with a command: most comments are not parsed at all. One look at each line. */
export function mayHoldCommands(markdown: string): boolean {
  return /^[ \t\p{Cf}]*\//mu.test(markdown);
}

/** Whether a text is built so that no person would have written it, and a parser would take too long. */
export function isTooComplicated(markdown: string): boolean {
  if (markdown.length > maxLength) return true;
  if (countOf(markdown, /[[\]]/g) > maxBrackets || countOf(markdown, /\|/g) > maxCells) return true;
  let nested = 0;
  for (const line of markdown.split("\n")) {
    const start = blockStart.exec(line)?.[0] ?? "";
    const lists = countOf(start, /[-+*](?=[ \t]|$)|\d[.)]/g);
    if (countOf(start, />/g) > maxQuotes || lists > maxLists) return true;
    if (lists > 1 || (lists === 1 && start.length > 4)) nested += lists;
    if (nested > maxNested) return true;
  }
  return false;
}

function countOf(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/**
 * The text without emphasis and strikethrough: they say nothing of where a command stands. Every character keeps its
 * place, so that offsets in the result are offsets in the text.
 */
export function withoutEmphasis(markdown: string): string {
  return markdown
    .split("\n")
    .map((line) => {
      const start = blockStart.exec(line)?.[0].length ?? 0;
      return line.slice(0, start) + line.slice(start).replaceAll(/[*_~]/g, "x");
    })
    .join("\n");
}

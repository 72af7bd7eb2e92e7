/** One piece of a story's text, without its Markdown. Inline code keeps its backticks. */
export type OutlineBlock =
  | { readonly kind: "heading"; readonly depth: number; readonly text: string }
  /** A list item's first line; `indent` in columns, `checkbox` where it is a task list's. */
  | { readonly kind: "item"; readonly indent: number; readonly checkbox: boolean; readonly text: string }
  /** Any other line of text; `joined` when it goes on with the line before, `indent` in columns. */
  | { readonly kind: "line"; readonly indent: number; readonly joined: boolean; readonly text: string }
  | { readonly kind: "row"; readonly cells: readonly string[] }
  | { readonly kind: "code"; readonly language: string; readonly lines: readonly string[] };

/** GitHub's own limit of an issue's text; more than that is not read. */
const longestBody = 65_536;

const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)/;
const heading = /^ {0,3}(#{1,6})(?: (.*))?$/;
const item = /^([ \t]*)(?:[-*+]|\d{1,9}[.)]) (?:(\[[ xX]\]) )?(.*)$/;
const underline = /^ {0,3}(?:=+|-{2,})$/;
const thematicBreak = /^ {0,3}([-*_])(?: ?\1){2,}$/;
const delimiterRow = /^[ \t]*\|? ?:?-+:? ?(?:\| ?:?-+:? ?)*\|?$/;
const wholeLineBold = /^(?:\*\*|__)([^*_]{1,80})(?:\*\*|__) ?:?$/;

/** A bold line or a line with a colon that stands for a heading, deeper than every real one. */
const pseudoHeadingDepth = 7;

/**
 * Reads a story's Markdown (an issue form's or free) line by line, in time linear to its length. It is no CommonMark
 * parser on purpose: everybody can write an issue, every delivery of one is read, and the parser that we use for
 * commands took 59 s for 20,000 characters of nested list markers. What is needed here is what stands under which
 * heading, in which list item or code block.
 */
export function outlineStory(body: string): readonly OutlineBlock[] {
  const lines = withoutComments(body.slice(0, longestBody)).split(/\r\n?|\n/);
  const blocks: OutlineBlock[] = [];
  let joined = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = tidy(lines[index] ?? "");
    const opening = fence.exec(line);
    if (opening !== null) {
      const end = closingFence(lines, index + 1, opening[1] ?? "");
      blocks.push({ kind: "code", language: (opening[2] ?? "").toLowerCase(), lines: lines.slice(index + 1, end) });
      index = end;
      joined = false;
      continue;
    }
    const last = blocks.at(-1);
    if (joined && last?.kind === "line" && underline.test(line)) {
      blocks[blocks.length - 1] = { kind: "heading", depth: line.includes("=") ? 1 : 2, text: last.text };
      joined = false;
      continue;
    }
    if (line.trim() === "" || thematicBreak.test(line) || (line.includes("|") && delimiterRow.test(line))) {
      joined = false;
      continue;
    }
    const block = readLine(line, joined);
    blocks.push(block);
    joined = block.kind === "line" || block.kind === "item";
  }
  return blocks;
}

/** Text without emphasis, links, images and tags; inline code keeps its backticks. */
function plainText(markdown: string): string {
  return markdown
    .replace(/!\[([^\][]*)\]\([^()\s]*\)/g, "$1")
    .replace(/\[([^\][]*)\]\([^()\s]*\)/g, "$1")
    .replace(
      /<\/?(?:a|b|br|code|details|div|em|h[1-6]|i|img|kbd|li|ol|p|pre|span|strong|sub|summary|sup|ul)\b[^<>]*>/gi,
      " ",
    )
    .replace(/\*+|~~|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}

function readLine(line: string, joined: boolean): OutlineBlock {
  const title = heading.exec(line);
  if (title !== null) {
    return {
      kind: "heading",
      depth: (title[1] ?? "").length,
      text: plainText(title[2] ?? "").replace(/(?: #+|:)$/, ""),
    };
  }
  const listed = item.exec(line);
  if (listed !== null) {
    const text = plainText(listed[3] ?? "");
    return { kind: "item", indent: columns(listed[1] ?? ""), checkbox: listed[2] !== undefined, text };
  }
  const bold = joined ? null : wholeLineBold.exec(line.trim());
  if (bold !== null && !/^(?:given|when|then|and|but)\b/i.test(bold[1] ?? "")) {
    return { kind: "heading", depth: pseudoHeadingDepth, text: plainText(bold[1] ?? "").replace(/:$/, "") };
  }
  if (line.trimStart().startsWith("|")) {
    const cells = line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|");
    return { kind: "row", cells: cells.map(plainText) };
  }
  const text = plainText(line);
  if (!joined && text.length <= 80 && /^[\p{L} ()'/-]+:$/u.test(text)) {
    return { kind: "heading", depth: pseudoHeadingDepth, text: text.slice(0, -1) };
  }
  return { kind: "line", indent: columns(/^[ \t]*/.exec(line)?.[0] ?? ""), joined, text };
}

function closingFence(lines: readonly string[], from: number, opening: string): number {
  for (let index = from; index < lines.length; index += 1) {
    const line = tidy(lines[index] ?? "").trim();
    if (line.startsWith(opening) && line.replaceAll(opening.charAt(0), "") === "") {
      return index;
    }
  }
  return lines.length;
}

/** Comments are not the author's words: issue templates are full of them. An open one hides the rest, as on GitHub. */
function withoutComments(body: string): string {
  let text = "";
  let position = 0;
  while (position < body.length) {
    const start = body.indexOf("<!--", position);
    if (start < 0) {
      return text + body.slice(position);
    }
    text += body.slice(position, start);
    const end = body.indexOf("-->", start + 4);
    position = end < 0 ? body.length : end + 3;
  }
  return text;
}

/**
 * The line without quote markers, its inner white space as single blanks: so that no pattern above can be made to try a
 * long run of blanks in every way.
 */
function tidy(line: string): string {
  const unquoted = line.replace(/^(?: {0,3}>[ \t]?)+/, "");
  const indent = /^[ \t]*/.exec(unquoted)?.[0] ?? "";
  return (indent + unquoted.slice(indent.length).replace(/\s+/g, " ")).trimEnd();
}

function columns(whitespace: string): number {
  return [...whitespace].reduce((sum, character) => sum + (character === "\t" ? 4 : 1), 0);
}

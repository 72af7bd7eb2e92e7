/** How far back a cut looks for the end of a line, in characters. */
const lineSearch = 500;

/** Room for whatever closes what a cut left open, in characters. */
const closingRoom = 200;

/**
 * The beginning of a Markdown text, at most `max` characters, and whole as Markdown: a code fence or `<details>` that the
 * cut left open is closed, no character is halved, and it ends at a line where one is near.
 */
export function cutMarkdown(text: string, max: number): string {
  if (text.length <= max) return text;
  const room = Math.max(0, max - closingRoom);
  const line = text.lastIndexOf("\n", room);
  const end = line > 0 && line >= room - lineSearch ? line : beforeHalf(text, room);
  const kept = text.slice(0, end).trimEnd();
  const closed = `${kept}${closingOf(kept)}`;
  return closed.length <= max ? closed : text.slice(0, beforeHalf(text, max));
}

/** The position itself, or the one before it where it would halve a character of two code units. */
function beforeHalf(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? at - 1 : at;
}

/** A line that begins a fence: its quotation marks or indent, the fence, and what stands behind it. */
const fenceLine = /^([> ]*)(`{3,}|~{3,})(.*)$/;

/** What closes the text's open constructs, innermost first. */
function closingOf(text: string): string {
  let fence: { readonly prefix: string; readonly mark: string } | null = null;
  let open = 0;
  for (const line of text.split("\n")) {
    const [, prefix = "", mark, rest = ""] = fenceLine.exec(line) ?? [];
    if (mark !== undefined && fence === null) {
      // A line with a backtick behind its backticks is inline code.
      if (!(mark.startsWith("`") && rest.includes("`"))) fence = { prefix, mark };
    } else if (mark !== undefined && fence !== null) {
      const ends = mark[0] === fence.mark[0] && mark.length >= fence.mark.length && rest.trim() === "";
      if (ends) fence = null;
    } else if (fence === null) {
      open += count(line, /<details>/g) - count(line, /<\/details>/g);
    }
  }
  const ends = "\n\n</details>".repeat(Math.max(0, open));
  return `${fence === null ? "\n\n…" : `\n${fence.prefix}${fence.mark}`}${ends}`;
}

function count(text: string, what: RegExp): number {
  return [...text.matchAll(what)].length;
}

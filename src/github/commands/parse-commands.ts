import { distance } from "fastest-levenshtein";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { type CommandName, commandRow, commandRows, isCommandName } from "./command-table.ts";
import { isTooComplicated, mayHoldCommands, withoutEmphasis } from "./parse-bounds.ts";
import { unquoted } from "./unquoted.ts";

/** A command as somebody wrote it. `argument` is the text after it, trimmed; "" when there is none. */
export type Command = { readonly kind: "command"; readonly name: CommandName; readonly argument: string };

/** A word that looks like a command of ours but is none; `nearest` is the command that it resembles most. */
export type UnknownCommand = { readonly kind: "unknown"; readonly word: string; readonly nearest: CommandName };

/** A command with invisible characters in its word: what people saw may not be what it says, so it is not run. */
export type HiddenCommand = { readonly kind: "hidden"; readonly name: CommandName };

/** A comment that may hold commands and is not read, because it is built to be slow to read. */
export type Unreadable = { readonly kind: "unreadable" };

/** What a comment asks for, one thing after the other. */
export type Asked = Command | UnknownCommand | HiddenCommand | Unreadable;

/**
 * The commands of a comment, in the order in which they stand there. Only a line that begins a command in a plain
 * paragraph counts: never one in code, a quote, a list, an HTML comment or a link (GITHUB.md, manner 3).
 *
 * The argument is the rest of the line and the paragraph's lines up to the next command; when that is empty and the
 * command takes an argument, the paragraph that follows. Quotation marks around the whole of it are left out.
 *
 * A word that is no command is reported when it is written as `/fleet <word>` or is two letters or fewer away from a
 * command; any other (`/lgtm`, `/etc`) belongs to somebody else and is passed over in silence. `/fleet` alone is `/help`.
 */
export function parseCommands(markdown: string): readonly Asked[] {
  if (!mayHoldCommands(markdown)) return [];
  if (isTooComplicated(markdown)) return [{ kind: "unreadable" }];
  const blocks = fromMarkdown(withoutEmphasis(markdown), syntax).children;
  const found: Asked[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type !== "paragraph") continue;
    for (const section of sectionsOf(markdown, block)) {
      const argument = section.rest === "" ? argumentOfNext(markdown, blocks[index + 1], section) : section.rest;
      const command = toCommand(section.words, argument);
      if (command !== null) found.push(command);
    }
  }
  return found;
}

/** Built once: it costs more than most comments. */
const syntax = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

type Block = ReturnType<typeof fromMarkdown>["children"][number];
type Paragraph = Extract<Block, { type: "paragraph" }>;
type Words = { readonly prefixed: boolean; readonly word: string; readonly hidden: boolean };
type Section = { readonly words: Words; readonly rest: string; readonly last: boolean };

/** No command is longer than this, nor anything that resembles one. */
const commandLine = /^([ \t]*\/(fleet[ \t]+\/?)?([a-z][a-z-]{0,30})(?=\s|$))[ \t]*(.*)$/i;
/** Characters that are not seen: they hide or reorder text. */
const invisible = /\p{Cf}/gu;

/** Cuts a paragraph at the lines that begin with a command; lines before the first one are prose. */
function sectionsOf(markdown: string, paragraph: Paragraph): readonly Section[] {
  const sections: { words: Words; lines: string[] }[] = [];
  for (const line of linesOf(markdown, paragraph)) {
    const words = line.plain ? wordsOf(line.text) : null;
    if (words === null) sections.at(-1)?.lines.push(line.text);
    else sections.push({ words, lines: [words.rest] });
  }
  return sections.map((section, index) => ({
    words: section.words,
    rest: cleanArgument(section.lines.join("\n")),
    last: index === sections.length - 1,
  }));
}

function wordsOf(line: string): (Words & { rest: string }) | null {
  const seen = line.slice(0, 200).search(invisible) < 0 ? line : line.replace(invisible, "");
  const match = commandLine.exec(seen);
  const [head = "", prefix, word] = match?.slice(1) ?? [];
  if (match === null || word === undefined) return null;
  const asWritten = line.startsWith(head);
  const rest = asWritten ? line.slice(head.length) : (match[4] ?? "");
  const hidden = !asWritten || /^\p{Cf}/u.test(rest);
  return { prefixed: prefix !== undefined, word: word.toLowerCase(), hidden, rest };
}

/** The paragraph's source lines; `plain` when the first visible character is ordinary text and not code, HTML or a link. */
function linesOf(markdown: string, paragraph: Paragraph): readonly { text: string; plain: boolean }[] {
  const [start, end] = rangeOf(paragraph);
  const texts = paragraph.children.filter((child) => child.type === "text").map(rangeOf);
  let offset = start;
  let at = 0;
  return markdown
    .slice(start, end)
    .split("\n")
    .map((text) => {
      const first = offset + (text.length - text.trimStart().length);
      offset += text.length + 1;
      // Both run forward: one walk over the texts for all lines.
      while (at < texts.length && (texts[at]?.[1] ?? 0) <= first) at += 1;
      return { text: text.trimEnd(), plain: (texts[at]?.[0] ?? Number.POSITIVE_INFINITY) <= first };
    });
}

function rangeOf(node: {
  position?: { start: { offset?: number | undefined }; end: { offset?: number | undefined } } | undefined;
}): [number, number] {
  return [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0];
}

function argumentOfNext(markdown: string, next: Block | undefined, section: Section): string {
  if (!section.last || !isCommandName(section.words.word) || commandRow(section.words.word).argument === null)
    return "";
  if (next?.type !== "paragraph" || sectionsOf(markdown, next).length > 0) return "";
  const [start, end] = rangeOf(next);
  return cleanArgument(markdown.slice(start, end));
}

/** HTML comments are invisible to readers, so they are no part of what was said. */
function cleanArgument(text: string): string {
  return unquoted(text.replaceAll(/<!--[\s\S]*?(-->|$)/g, "").trim());
}

function toCommand({ prefixed, word, hidden }: Words, argument: string): Asked | null {
  if (word === "fleet") return { kind: "command", name: "help", argument };
  if (isCommandName(word)) return hidden ? { kind: "hidden", name: word } : { kind: "command", name: word, argument };
  const ranked = commandRows
    .map((row) => ({ name: row.name, away: distance(word, row.name) }))
    .toSorted((a, b) => a.away - b.away);
  const nearest = ranked[0];
  if (nearest === undefined) return null;
  const resembles = nearest.away <= 2 && nearest.away < nearest.name.length / 2;
  return prefixed || resembles ? { kind: "unknown", word, nearest: nearest.name } : null;
}

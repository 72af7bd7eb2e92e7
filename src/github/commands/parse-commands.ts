import { distance } from "fastest-levenshtein";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { type CommandName, commandRow, commands, isCommandName } from "./command-table.ts";

/** A command as somebody wrote it. `argument` is the text after it, trimmed; "" when there is none. */
export type Command = { readonly kind: "command"; readonly name: CommandName; readonly argument: string };

/** A word that looks like a command of ours but is none; `nearest` is the command that it resembles most. */
export type UnknownCommand = { readonly kind: "unknown"; readonly word: string; readonly nearest: CommandName };

/**
 * The commands of a comment, in the order in which they stand there. Only a line that begins a command in a plain
 * paragraph counts: never one in code, a quote, a list, an HTML comment or a link (GITHUB.md, manner 3).
 *
 * The argument is the rest of the line and the paragraph's lines up to the next command; when that is empty and the
 * command takes an argument, the paragraph that follows.
 *
 * A word that is no command is reported when it is written as `/fleet <word>` or is two letters or fewer away from a
 * command; any other (`/lgtm`, `/etc`) belongs to somebody else and is passed over in silence.
 */
export function parseCommands(markdown: string): readonly (Command | UnknownCommand)[] {
  const blocks = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children;
  const found: (Command | UnknownCommand)[] = [];
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

type Block = ReturnType<typeof fromMarkdown>["children"][number];
type Paragraph = Extract<Block, { type: "paragraph" }>;
type Words = { readonly prefixed: boolean; readonly word: string };
type Section = { readonly words: Words; readonly rest: string; readonly last: boolean };

const commandLine = /^[ \t]*\/(fleet[ \t]+\/?)?([a-z][a-z-]*)(?=\s|$)[ \t]*(.*)$/i;

/** Cuts a paragraph at the lines that begin with a command; lines before the first one are prose. */
function sectionsOf(markdown: string, paragraph: Paragraph): readonly Section[] {
  const sections: { words: Words; lines: string[] }[] = [];
  for (const line of linesOf(markdown, paragraph)) {
    const match = line.plain ? commandLine.exec(line.text) : null;
    const word = match?.[2]?.toLowerCase();
    if (match !== null && word !== undefined) {
      sections.push({ words: { prefixed: match[1] !== undefined, word }, lines: [match[3] ?? ""] });
    } else {
      sections.at(-1)?.lines.push(line.text);
    }
  }
  return sections.map((section, index) => ({
    words: section.words,
    rest: cleanArgument(section.lines.join("\n")),
    last: index === sections.length - 1,
  }));
}

/** The paragraph's source lines; `plain` when the first visible character is ordinary text and not code, HTML or a link. */
function linesOf(markdown: string, paragraph: Paragraph): readonly { text: string; plain: boolean }[] {
  const [start, end] = rangeOf(paragraph);
  const texts = paragraph.children.filter((child) => child.type === "text").map(rangeOf);
  let offset = start;
  return markdown
    .slice(start, end)
    .split("\n")
    .map((text) => {
      const first = offset + (text.length - text.trimStart().length);
      offset += text.length + 1;
      return { text: text.trimEnd(), plain: texts.some(([from, to]) => from <= first && first < to) };
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
  return text.replaceAll(/<!--[\s\S]*?(-->|$)/g, "").trim();
}

function toCommand({ prefixed, word }: Words, argument: string): Command | UnknownCommand | null {
  if (isCommandName(word)) return { kind: "command", name: word, argument };
  const ranked = commands
    .map((row) => ({ name: row.name, away: distance(word, row.name) }))
    .toSorted((a, b) => a.away - b.away);
  const nearest = ranked[0];
  if (nearest === undefined) return null;
  const resembles = nearest.away <= 2 && nearest.away < nearest.name.length / 2;
  return prefixed || resembles ? { kind: "unknown", word, nearest: nearest.name } : null;
}

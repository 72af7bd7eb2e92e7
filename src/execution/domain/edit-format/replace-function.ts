import type { EditFailure } from "../edit.ts";
import type { Definition } from "./definitions.ts";
import { attachedLines, headOf } from "./function-head.ts";
import { rebase } from "./indentation.ts";
import { editLines, joinFile, replaceLines, splitFile } from "./text-lines.ts";

export type ReplacedFunction =
  | { readonly replaced: true; readonly content: string }
  | { readonly replaced: false; readonly failure: EditFailure };

type Parsed = { readonly definitions: readonly Definition[]; readonly faulty: boolean };

/** A file as it is parsed: without byte order mark, every line end `\n`. Offsets of definitions count in it. */
export function plainText(content: string): string {
  return splitFile(content)
    .lines.map(({ text, end }) => text + (end === "" ? "" : "\n"))
    .join("");
}

/**
 * Puts a block in the place of a definition, as far as whole lines go. What the file has before it on its first line
 * (`export`) and after it on its last (`;`, a comment) stays, whether the block repeats it or not; comments and decorators
 * above it go only where the block brings its own. Byte order mark, line ends and the file's indentation stay.
 */
export function replaceFunction(content: string, definition: Definition, block: string): ReplacedFunction {
  const file = splitFile(content);
  const texts = file.lines.map(({ text }) => text);
  const from = placeOf(texts, definition.start);
  const to = endOf(texts, definition.end);
  const before = (texts[from.row] ?? "").slice(0, from.column);
  const after = (texts[to.row] ?? "").slice(to.column);
  if (!/^\s*(?:[\w$]+\s+)*$/.test(before) || !/^[;,]?\s*(?:(?:\/\/|#|\/\*).*)?$/.test(after)) {
    return failed("ambiguous", `${definition.name} shares a line with other code: use SEARCH/REPLACE.`);
  }
  const lines = withoutBlankEdges(editLines(block));
  const head = headOf(lines);
  const first = lines[head.length] ?? "";
  if (first.trim() === "") return failed("incomplete", `The block for ${definition.name} holds no code.`);
  const lead = before.trim() || leadOf(texts[from.row] ?? "", from.column);
  const own = [...lines.slice(0, head.length), withLead(first, lead), ...lines.slice(head.length + 1)];
  const target = /^\s*/.exec(before)?.[0] ?? "";
  const based = rebase(own, /^\s*/.exec(first)?.[0] ?? "", target, texts);
  const placed = [...based.slice(0, -1), withTail(based.at(-1) ?? "", after)];
  const start = from.row - attachedLines(texts, from.row, head);
  const changed = joinFile({ ...file, lines: replaceLines(file.lines, start, to.row + 1 - start, placed) });
  if (changed === content) return failed("nothing-to-do", `${definition.name} is already exactly this.`);
  return { replaced: true, content: changed };
}

/**
 * What a block did to a file beyond its own function, as a failure; null when it kept to it. Everything that was defined
 * must still be there as often as before: a bracket too few makes a parser lose what follows.
 */
export function harmOf(name: string, before: Parsed, after: Parsed): EditFailure | null {
  const counts = countByName(after.definitions);
  const broken = after.faulty && !before.faulty;
  if (!counts.has(name)) {
    const hint = broken ? " The file cannot be parsed with it: is a bracket missing?" : "";
    return failure("incomplete", `The block does not define ${name}: write the whole function.${hint}`);
  }
  const own = (each: string): boolean => each === name || each.startsWith(`${name}.`);
  for (const [other, count] of countByName(before.definitions)) {
    const now = counts.get(other) ?? 0;
    if (now === count || own(other)) continue;
    return now < count
      ? failure("incomplete", `With this block ${other} is no longer defined: is a bracket missing?`)
      : failure("incomplete", `The block defines ${other}, which the file has already: write ${name} alone.`);
  }
  if (!broken) return null;
  return failure("incomplete", `The file cannot be parsed with this block for ${name}: is a bracket missing?`);
}

function countByName(definitions: readonly Definition[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of definitions) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function placeOf(texts: readonly string[], offset: number): { readonly row: number; readonly column: number } {
  let row = 0;
  let left = offset;
  while (row < texts.length - 1 && left > (texts[row]?.length ?? 0)) {
    left -= (texts[row]?.length ?? 0) + 1;
    row += 1;
  }
  return { row, column: left };
}

/** A definition that ends with its line break, as one of Python may, ends on the line before. */
function endOf(texts: readonly string[], offset: number): { readonly row: number; readonly column: number } {
  const at = placeOf(texts, offset);
  return at.column === 0 && at.row > 0 ? { row: at.row - 1, column: texts[at.row - 1]?.length ?? 0 } : at;
}

/** A constant begins with its `export`, a function behind it. */
function leadOf(line: string, column: number): string {
  return /^export(?:\s+default)?(?=\s)/.exec(line.slice(column))?.[0] ?? "";
}

/** The definition's first line with the words before it, such as `export`, which models leave out. */
function withLead(line: string, lead: string): string {
  const [word = ""] = lead.split(/\s+/, 1);
  const text = line.trimStart();
  if (lead === "" || text === word || text.startsWith(`${word} `)) return line;
  return `${line.slice(0, line.length - text.length)}${lead} ${text}`;
}

function withTail(line: string, tail: string): string {
  const mark = /^[;,]/.exec(tail)?.[0] ?? "";
  const bare = line.trimEnd();
  return (mark !== "" && bare.endsWith(mark) ? bare.slice(0, -mark.length) : line) + tail;
}

function withoutBlankEdges(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== "") + 1);
}

function failure(reason: EditFailure["reason"], message: string): EditFailure {
  return { reason, message, nearest: null };
}

function failed(reason: EditFailure["reason"], message: string): ReplacedFunction {
  return { replaced: false, failure: failure(reason, message) };
}

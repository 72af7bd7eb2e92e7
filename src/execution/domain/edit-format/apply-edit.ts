import type { EditFailure } from "../edit.ts";
import { findRuns } from "./find-runs.ts";
import { reindent } from "./indentation.ts";
import { nearestMatch } from "./nearest-match.ts";
import { editLines, type FileLine, joinFile, replaceLines, splitFile, usualEnd } from "./text-lines.ts";

export type AppliedEdit =
  | { readonly applied: true; readonly content: string; readonly match: "exact" | "whitespace" }
  | { readonly applied: false; readonly failure: EditFailure };

/** How lines are compared, from strict to lenient; the first way that finds anything decides. */
const comparisons: readonly { readonly match: "exact" | "whitespace"; readonly key: (line: string) => string }[] = [
  { match: "exact", key: (line) => line },
  { match: "whitespace", key: (line) => line.trimEnd() },
  { match: "whitespace", key: (line) => line.trim() },
  { match: "whitespace", key: (line) => line.trim().replace(/\s+/g, " ") },
];

/**
 * Applies one SEARCH/REPLACE edit to a file's text: the one place where the search lines stand exactly, else the one
 * place where they stand but for white space (proved unique; the replacement takes the indentation found there), else
 * nothing. Line ends, byte order mark and a missing final newline stay as they are.
 */
export function applyEdit(content: string, search: string, replace: string): AppliedEdit {
  const file = splitFile(content);
  const wanted = editLines(search);
  const wished = editLines(replace);
  if (wanted.every((line) => line.trim() === "")) {
    return failed("nothing-to-do", "The SEARCH part is empty: it must hold the lines to replace.", null);
  }
  const texts = file.lines.map(({ text }) => text);
  for (const { match, key } of comparisons) {
    const places = findRuns(texts.map(key), wanted.map(key));
    if (places.length > 1) return ambiguous(places.map((at) => at + 1));
    const [start] = places;
    if (start === undefined) continue;
    if (wanted.join("\n") === wished.join("\n"))
      return failed("nothing-to-do", "SEARCH and REPLACE are the same.", null);
    const lines = match === "exact" ? wished : reindent(wanted, texts.slice(start, start + wanted.length), wished);
    return {
      applied: true,
      match,
      content: joinFile({ ...file, lines: replaceLines(file.lines, start, wanted.length, lines) }),
    };
  }
  const inner = withoutBlankEdges(wanted, wished);
  if (inner !== null) {
    const edge = applyEdit(content, ended(inner.wanted), ended(inner.wished));
    return edge.applied ? { ...edge, match: "whitespace" } : edge;
  }
  return withinOneLine(content, wanted, wished) ?? notFound(texts, wanted, wished);
}

function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** The edit without the empty lines that it has before and after its text and the file has not; null without any. */
function withoutBlankEdges(wanted: readonly string[], wished: readonly string[]) {
  const isBlank = (line: string | undefined): boolean => line !== undefined && line.trim() === "";
  const before = wanted.findIndex((line) => !isBlank(line));
  const after = wanted.length - 1 - wanted.findLastIndex((line) => !isBlank(line));
  if (before + after === 0) return null;
  let [from, to] = [0, wished.length];
  // The replacement repeats them, mostly: what it has of its own beyond them stays.
  while (from < before && isBlank(wished[from])) from += 1;
  while (wished.length - to < after && to > from && isBlank(wished[to - 1])) to -= 1;
  return { wanted: wanted.slice(before, wanted.length - after), wished: wished.slice(from, to) };
}

/** A whole file written over another one: the old one's byte order mark, line ends and final newline are kept. */
export function applyWhole(existing: string | null, content: string): string {
  if (existing === null || existing === "") return content;
  const file = splitFile(existing);
  const end = usualEnd(file.lines);
  const lines: FileLine[] = editLines(content.replace(/^\uFEFF/, "")).map((text) => ({ text, end }));
  const last = lines.at(-1);
  if (last !== undefined && file.lines.at(-1)?.end === "") lines[lines.length - 1] = { text: last.text, end: "" };
  return joinFile({ mark: file.mark, lines });
}

/** A search text that is a part of one line only: small models leave out the rest of it. */
function withinOneLine(content: string, wanted: readonly string[], wished: readonly string[]): AppliedEdit | null {
  const [part] = wanted;
  if (wanted.length !== 1 || part === undefined || wished.length > 1) return null;
  const count = occurrences(content, part);
  if (count === 0) return null;
  if (count > 1) {
    return failed("ambiguous", `The SEARCH text stands ${count} times in the file: add lines around it.`, null);
  }
  const at = content.indexOf(part);
  return {
    applied: true,
    match: "exact",
    content: content.slice(0, at) + (wished[0] ?? "") + content.slice(at + part.length),
  };
}

/** How often a text stands in another one, places that overlap included: `aa` stands twice in `aaa`. */
function occurrences(content: string, part: string): number {
  let count = 0;
  for (let at = content.indexOf(part); at >= 0 && part !== ""; at = content.indexOf(part, at + 1)) count += 1;
  return count;
}

function ambiguous(lines: readonly number[]): AppliedEdit {
  const shown = lines.slice(0, 5).join(", ");
  const message = `The SEARCH text stands ${lines.length} times in the file (lines ${shown}): add lines around it.`;
  return failed("ambiguous", message, null);
}

function notFound(texts: readonly string[], wanted: readonly string[], wished: readonly string[]): AppliedEdit {
  if (wished.length > 0 && findRuns(texts, wished).length === 1) {
    return failed("nothing-to-do", "The file already holds the REPLACE text, and not the SEARCH text.", null);
  }
  const nearest = nearestMatch(texts, wanted);
  const hint =
    nearest === null ? "Nothing in the file is like it." : `The nearest lines begin at line ${nearest.line}.`;
  return failed("not-found", `The SEARCH text is not in the file. ${hint}`, nearest);
}

function failed(reason: EditFailure["reason"], message: string, nearest: EditFailure["nearest"]): AppliedEdit {
  return { applied: false, failure: { reason, message, nearest } };
}

import { posix } from "node:path";
import { fence, withoutHidden } from "./clean-text.ts";
import { joined, type Lines, textOf } from "./code/show-symbol.ts";
import type { ContextBlock, CountTokens, Piece } from "./context.ts";
import type { Placed } from "./fit-code.ts";
import { redactSecrets } from "./redact-secrets.ts";

/** A name from the repository as it may be shown: one line, no hidden characters, no secret. */
export function shownName(name: string): string {
  return redactSecrets(withoutHidden(name))
    .text.replace(/[^\S ]+/g, " ")
    .slice(0, 300);
}

/** What stands around the lines of a file. */
function fileText(path: string, lines: readonly Lines[], fileLines: readonly string[]): string {
  const ranges = lines.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
  const language = posix.extname(path).slice(1).replace(/\W/g, "");
  return `${shownName(path)}:${ranges}\n${fence(withoutHidden(textOf(lines, fileLines)), language)}`;
}

/** What the first lines of a file bring with them. */
export function frameOf(path: string): string {
  return `${fileText(path, [], [])}\n\n`;
}

/** One block of code: each file once, with the lines that are shown of it. */
export function codeBlock(
  name: "code" | "tests",
  title: string,
  placed: readonly Placed[],
  {
    commit,
    linesOf,
    countTokens,
  }: { commit: string | null; linesOf: (path: string) => readonly string[]; countTokens: CountTokens },
): ContextBlock | null {
  const files = new Map<string, Placed[]>();
  for (const each of placed) {
    const { path } = each.candidate.entry;
    files.set(path, [...(files.get(path) ?? []), each]);
  }
  if (files.size === 0) return null;
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = sorted.map(([path, row]) => fileText(path, joined(row.map(({ lines }) => lines)), linesOf(path)));
  const pieces = sorted.flatMap(([path, row]) => piecesOf(path, row, commit));
  const text = [title, ...texts].join("\n\n");
  return { name, text, tokens: countTokens(text), pieces };
}

/** A piece for each symbol of a context, and one of the file for the lines of its outline that are none's. */
function piecesOf(path: string, row: readonly Placed[], commit: string | null): readonly Piece[] {
  const byLine = [...row].sort((a, b) => a.lines.from - b.lines.from);
  const others = byLine.filter(({ candidate }) => !candidate.isMain);
  const own = byLine
    .filter(({ candidate }) => candidate.isMain)
    .map(({ candidate, form, lines, tokens }): Piece => {
      const { entry, symbol, kind, score, distance, why } = candidate;
      return {
        node: shownName(entry.key),
        path: shownName(path),
        symbol: symbol === null ? null : shownName(symbol),
        kind,
        form,
        lines: [lines],
        commit,
        score: thousandths(score),
        distance,
        why: why.map(shownName),
        tokens,
      };
    });
  if (others.length === 0) return own;
  const distances = others.map(({ candidate }) => candidate.distance).filter((distance) => distance !== null);
  const outline: Piece = {
    node: shownName(path),
    path: shownName(path),
    symbol: null,
    holds: others.map(({ candidate }) => shownName(candidate.entry.key)),
    kind: "file",
    form: "outline",
    lines: joined(others.map(({ lines }) => lines)),
    commit,
    score: thousandths(Math.max(...others.map(({ candidate }) => candidate.score))),
    distance: distances.length === 0 ? null : Math.min(...distances),
    why: [`outline: ${others.length} more of what it defines`],
    tokens: others.reduce((sum, { tokens }) => sum + tokens, 0),
  };
  return [...own, outline];
}

function thousandths(score: number): number {
  return Math.round(score * 1_000) / 1_000;
}

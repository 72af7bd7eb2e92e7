import type { CodeEntry } from "./code-index.ts";

export type Lines = { readonly from: number; readonly to: number };

export type Form = "body" | "outline" | "excerpt";

/** Comments, annotations and attributes above a symbol belong to it. */
const lead = /^\s*(?:\/\/|\/\*|\*|#|@|"""|''')/;
const mostLead = 15;

type Place = Pick<NonNullable<CodeEntry["symbol"]>, "name" | "from" | "to" | "signatureTo">;

/** All of a symbol, with the comment above it. */
export function bodyOf(symbol: Place, fileLines: readonly string[]): Lines {
  let from = symbol.from;
  while (from > 1 && symbol.from - from < mostLead && lead.test(fileLines[from - 2] ?? "")) from -= 1;
  return { from, to: symbol.to };
}

/** Its signature. */
export function signatureOf({ from, signatureTo }: Place): Lines {
  return { from, to: signatureTo };
}

/** The line that says its name: annotations may stand above it, parameters below. */
export function nameLineOf({ name, from, signatureTo }: Place, fileLines: readonly string[]): Lines {
  const at = fileLines.slice(from - 1, signatureTo).findIndex((line) => line.includes(name));
  const line = from + Math.max(0, at);
  return { from: line, to: line };
}

/** The lines of a file around which the terms of a text stand thickest: for files that define no symbol. */
export function excerptOf(fileLines: readonly string[], hits: (line: string) => number, length: number): Lines {
  const counts = fileLines.map(hits);
  let sum = counts.slice(0, length).reduce((total, each) => total + each, 0);
  let best = { from: 0, sum };
  for (let from = 1; from + length <= counts.length; from += 1) {
    sum += (counts[from + length - 1] ?? 0) - (counts[from - 1] ?? 0);
    if (sum > best.sum) best = { from, sum };
  }
  return { from: best.from + 1, to: Math.min(fileLines.length, best.from + length) };
}

/** Ranges of lines, in their order, with those that touch one another made one. */
export function joined(lines: readonly Lines[]): readonly Lines[] {
  const sorted = [...lines].sort((a, b) => a.from - b.from);
  const result: Lines[] = [];
  for (const { from, to } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** The text of the lines; `…` stands for what is left out between them. */
export function textOf(lines: readonly Lines[], fileLines: readonly string[]): string {
  return lines.map(({ from, to }) => fileLines.slice(from - 1, to).join("\n")).join("\n…\n");
}

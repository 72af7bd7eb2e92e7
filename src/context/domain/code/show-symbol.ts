import type { CodeGraph, SymbolNode } from "./code-graph.ts";
import { containerKinds } from "./parsed-file.ts";

export type Lines = { readonly from: number; readonly to: number };

/** A part of a file: the lines to show, with gaps between them where an outline leaves a body out. */
export type Shown = { readonly form: "body" | "outline" | "excerpt"; readonly lines: readonly Lines[] };

/** Comments, annotations and attributes above a symbol belong to it. */
const lead = /^\s*(?:\/\/|\/\*|\*|#|@|"""|''')/;
const mostLead = 15;
const mostMembers = 25;

/** All of a symbol, with the comment above it. */
export function bodyOf(symbol: SymbolNode, fileLines: readonly string[]): Shown {
  let from = symbol.from;
  while (from > 1 && symbol.from - from < mostLead && lead.test(fileLines[from - 2] ?? "")) from -= 1;
  return { form: "body", lines: [{ from, to: symbol.to }] };
}

/** Its signature; of what has members, theirs as well. */
export function outlineOf(symbol: SymbolNode, graph: CodeGraph): Shown {
  const own = { from: symbol.from, to: symbol.signatureTo };
  if (!containerKinds.has(symbol.kind)) return { form: "outline", lines: [own] };
  const members = (graph.symbolsOf.get(symbol.path) ?? [])
    .filter(({ from, to, id }) => id !== symbol.id && from >= symbol.from && to <= symbol.to)
    .slice(0, mostMembers)
    .map(({ from, signatureTo }) => ({ from, to: signatureTo }));
  return { form: "outline", lines: joined([own, ...members]) };
}

/** The lines of a file around which the terms of a text stand thickest: for files that define no symbol. */
export function excerptOf(fileLines: readonly string[], hits: (line: string) => number, length: number): Shown {
  const counts = fileLines.map(hits);
  let sum = counts.slice(0, length).reduce((total, each) => total + each, 0);
  let best = { from: 0, sum };
  for (let from = 1; from + length <= counts.length; from += 1) {
    sum += (counts[from + length - 1] ?? 0) - (counts[from - 1] ?? 0);
    if (sum > best.sum) best = { from, sum };
  }
  return { form: "excerpt", lines: [{ from: best.from + 1, to: Math.min(fileLines.length, best.from + length) }] };
}

/** The text of the lines; `…` stands for what an outline leaves out between them. */
export function textOf({ lines }: Shown, fileLines: readonly string[]): string {
  return lines.map(({ from, to }) => fileLines.slice(from - 1, to).join("\n")).join("\n…\n");
}

function joined(lines: readonly Lines[]): readonly Lines[] {
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

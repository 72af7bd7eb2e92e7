import { identifierWords } from "../identifier-words.ts";
import type { CodeGraph } from "./code-graph.ts";
import { containerKinds } from "./parsed-file.ts";
import type { Ranked } from "./rank-code.ts";
import { bodyOf, excerptOf, outlineOf, type Shown } from "./show-symbol.ts";

/** One thing that may be shown, in its forms: the largest first. */
export type Candidate = {
  readonly key: string;
  readonly path: string;
  /** `Invoice.total`; the path's own name where a file defines no symbol. */
  readonly symbol: string | null;
  readonly kind: string;
  readonly score: number;
  readonly distance: number | null;
  readonly why: readonly string[];
  readonly forms: readonly Shown[];
};

export type Choice = {
  readonly code: readonly Candidate[];
  readonly tests: readonly Candidate[];
  /** What ranks high and is not among them. */
  readonly over: readonly { readonly key: string; readonly why: string }[];
};

/** DOMAIN.md §5: at most this many symbols. */
export const mostSymbols = 20;
const mostTests = 10;
const mostOfOneFile = 8;
const mostProse = 4;
const excerptLines = 30;
const mostOver = 30;

/** Chooses what is worth showing of a ranked tree: the code, and the tests that cover it. */
export function chooseCode(ranked: readonly Ranked[], text: string, graph: CodeGraph): Choice {
  const code: Ranked[] = [];
  const over: { key: string; why: string }[] = [];
  const perFile = new Map<string, number>();
  let prose = 0;
  for (const each of ranked) {
    const symbol = graph.symbols.get(each.key);
    const path = symbol?.path ?? each.key;
    const named = each.why.includes("named in the text");
    if (symbol?.test === true && !named) continue;
    // A class that was chosen shows its members' signatures; a method that was chosen stands for its class.
    const known = perFile.get(path) ?? 0;
    const why =
      code.length >= mostSymbols
        ? `beyond the ${mostSymbols} symbols of a context`
        : known >= mostOfOneFile
          ? `beyond ${mostOfOneFile} symbols of one file`
          : symbol === undefined && prose >= mostProse && !named
            ? `beyond ${mostProse} files without symbols`
            : null;
    if (why !== null) {
      if (over.length < mostOver) over.push({ key: each.key, why });
      continue;
    }
    code.push(each);
    perFile.set(path, known + 1);
    if (symbol === undefined) prose += 1;
  }
  const terms = new Set(identifierWords(text));
  const show = (each: Ranked): Candidate => candidate(each, graph, terms);
  const chosen = new Set(code.map(({ key }) => key));
  return { code: code.map(show), tests: testsOf(chosen, ranked, graph).map(show), over };
}

/** The tests that reach what was chosen, those that reach most of it first. */
function testsOf(chosen: ReadonlySet<string>, ranked: readonly Ranked[], graph: CodeGraph): readonly Ranked[] {
  const score = new Map(ranked.map((each) => [each.key, each]));
  const reached = new Map<string, string[]>();
  for (const { from, to, kind } of graph.edges)
    if (kind === "TESTS" && chosen.has(to) && graph.symbols.has(from) && !chosen.has(from))
      reached.set(from, [...(reached.get(from) ?? []), to]);
  return [...reached]
    .map(([key, targets]) => ({
      key,
      score: (score.get(key)?.score ?? 0) + targets.length,
      distance: score.get(key)?.distance ?? null,
      why: [`tests ${targets.slice(0, 3).join(", ")}`],
    }))
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, mostTests);
}

function candidate(each: Ranked, graph: CodeGraph, terms: ReadonlySet<string>): Candidate {
  const symbol = graph.symbols.get(each.key);
  const path = symbol?.path ?? each.key;
  const lines = (graph.files.get(path)?.text ?? "").split("\n");
  const hits = (line: string): number => identifierWords(line).filter((word) => terms.has(word)).length;
  if (symbol === undefined) {
    const forms = [excerptOf(lines, hits, excerptLines), excerptOf(lines, hits, 6)];
    return { ...each, path, symbol: null, kind: "file", forms };
  }
  const name = symbol.parent === null ? symbol.name : `${symbol.parent}.${symbol.name}`;
  const outline = outlineOf(symbol, graph);
  const signature: Shown = { form: "outline", lines: [{ from: symbol.from, to: symbol.signatureTo }] };
  const forms = [bodyOf(symbol, lines), outline, ...(containerKinds.has(symbol.kind) ? [signature] : [])];
  return { ...each, path, symbol: name, kind: symbol.kind, forms };
}

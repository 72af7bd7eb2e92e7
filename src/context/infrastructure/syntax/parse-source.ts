import type { Node, QueryMatch, Range, Tree } from "@vscode/tree-sitter-wasm";
import type { ParseSource } from "../../application/ports.ts";
import type { ParsedFile } from "../../domain/code/parsed-file.ts";
import { type Draft, define, type Source, textOf } from "./define-symbol.ts";
import { dropGrammar, type Grammar, loadGrammar } from "./grammars.ts";
import { nestSymbols } from "./nest-symbols.ts";

/** What a file may cost: those of 512 KiB take about 0.2 s. */
const parseMs = 10_000;

/** Macros in the braces of macros are read so deep. */
const mostLayers = 4;

/**
 * Parses a file with its language's grammar. Null where the grammar gave up: it took more than 10 s, or the wasm ran out
 * of memory on a nesting that no person writes. To find what a file defines takes the square of its depth.
 */
export const parseSource: ParseSource = async (path, text, language) => {
  const grammar = await loadGrammar(language);
  const layers: Tree[] = [];
  try {
    const deadline = Date.now() + parseMs;
    const isLate = (): boolean => Date.now() > deadline;
    let ranges: readonly Range[] | null = null;
    const matches: QueryMatch[] = [];
    while (ranges === null || (ranges.length > 0 && layers.length < mostLayers)) {
      const tree = parseLayer(text, ranges, grammar, isLate);
      if (tree === null) return null;
      layers.push(tree);
      const found = matchesIn(tree.rootNode, grammar, isLate);
      if (found === null) return null;
      const inner = itemRanges(found);
      for (const match of found) if (!isToken(match, inner)) matches.push(match);
      ranges = inner;
    }
    const faulty = layers[0]?.rootNode.hasError === true;
    return read(matches, { path, text, language, lines: text.split("\n") }, faulty);
  } catch (error) {
    // A wasm trap (stack or memory) leaves the parser unusable. Anything else is a defect of ours.
    if (!(error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError"))) throw error;
    dropGrammar(language);
    return null;
  } finally {
    for (const tree of layers) tree.delete();
  }
};

/** Parses a text, or the ranges of it that the layer above could only take for tokens. */
function parseLayer(
  text: string,
  ranges: readonly Range[] | null,
  { parser }: Grammar,
  isLate: () => boolean,
): Tree | null {
  const tree = parser.parse(text, null, {
    progressCallback: isLate,
    ...(ranges === null ? {} : { includedRanges: [...ranges] }),
  });
  if (tree === null) parser.reset();
  return tree;
}

/** Null where it was late before all were found. */
function matchesIn(root: Node, { query }: Grammar, isLate: () => boolean): readonly QueryMatch[] | null {
  let broken = false;
  const progressCallback = (): boolean => {
    broken = isLate();
    return broken;
  };
  const matches = query.matches(root, { progressCallback });
  return broken ? null : matches;
}

/** What stands in the braces of macros such as `cfg_rt! { … }`: often a module's own functions. */
function itemRanges(matches: readonly QueryMatch[]): readonly Range[] {
  return matches
    .flatMap(({ captures }) => captures.filter(({ name }) => name === "items").map(({ node }) => node))
    .flatMap(({ firstChild, lastChild }) =>
      firstChild === null || lastChild === null || firstChild.id === lastChild.id
        ? []
        : {
            startIndex: firstChild.endIndex,
            startPosition: firstChild.endPosition,
            endIndex: lastChild.startIndex,
            endPosition: lastChild.startPosition,
          },
    )
    .sort((a, b) => a.startIndex - b.startIndex);
}

/** A call that the layer below tells, if it is one: `fn total(` looks like one where everything is tokens. */
function isToken({ captures }: QueryMatch, ranges: readonly Range[]): boolean {
  const call = captures.find(({ name }) => name === "call")?.node;
  if (call === undefined || ranges.length === 0) return false;
  return ranges.some(({ startIndex, endIndex }) => startIndex <= call.startIndex && call.startIndex < endIndex);
}

function read(matches: readonly QueryMatch[], source: Source, faulty: boolean): ParsedFile {
  const drafts = new Map<string, Draft>();
  const calls = new Map<number, string>();
  const imports = new Set<string>();
  /** The first line of each decorator or attribute, by its last one. */
  const marks = new Map<number, number>();
  for (const match of matches) {
    const node = (name: string): Node | null => match.captures.find((each) => each.name === name)?.node ?? null;
    const target = node("import");
    const call = node("call");
    const mark = node("mark");
    if (target !== null) {
      const written = source.text.slice(target.startIndex, target.endIndex);
      const by = node("require");
      if (by === null || textOf(by, source) === "require") imports.add(written.replace(/^["'`]|["'`]$/g, ""));
    } else if (call !== null) calls.set(call.startIndex, textOf(call, source));
    else if (mark !== null) marks.set(mark.endPosition.row + 1, mark.startPosition.row + 1);
    else {
      const draft = define(match, node, source);
      if (typeof draft === "string") imports.add(draft);
      else if (draft !== null) drafts.set(`${draft.start}:${draft.name}`, draft);
    }
  }
  const marked = [...drafts.values()].map((draft) => ({ ...draft, from: markedFrom(draft, marks, source) }));
  return nestSymbols(marked, calls, { imports, language: source.language, faulty });
}

/** From where on a definition is its own, with the marks above it; those of one line are found by who shows it. */
function markedFrom({ from, start }: Draft, marks: ReadonlyMap<number, number>, { text }: Source): number {
  // What shares its line with what holds it has no marks of its own above.
  if (!/^[\w\s]*$/.test(text.slice(text.lastIndexOf("\n", start - 1) + 1, start))) return from;
  let first = from;
  let at = from;
  for (let mark = marks.get(at - 1); mark !== undefined; mark = marks.get(at - 1)) {
    if (mark < at - 1) first = mark;
    at = mark;
  }
  return first;
}

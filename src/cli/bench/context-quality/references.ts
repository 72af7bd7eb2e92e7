import type { CodeGraph } from "../../../context/domain/code/code-graph.ts";
import { bodyOf, type Lines, nameLineOf } from "../../../context/domain/code/show-symbol.ts";
import { identifierWords } from "../../../context/domain/identifier-words.ts";

/** Something that a plain search finds and shows whole. */
export type Passage = {
  readonly path: string;
  readonly lines: Lines;
  /** The line with the symbol's name, below decorators and comments; of a file its first one. */
  readonly name: Lines;
  readonly words: ReadonlyMap<string, number>;
  readonly length: number;
};

/** The symbols of a tree as they stand there, each with the words of its lines and its path. */
export function symbolPassages(
  graph: CodeGraph,
  wordsOf: (path: string) => readonly (readonly string[])[],
): readonly Passage[] {
  return [...graph.files.values()].flatMap(({ path, text }) => {
    const fileLines = text.split("\n");
    return (graph.symbolsOf.get(path) ?? []).map((symbol) => {
      const lines = bodyOf(symbol, fileLines);
      const words = wordsOf(path).slice(lines.from - 1, lines.to);
      return passage({ path, lines, name: nameLineOf(symbol, fileLines) }, words.flat());
    });
  });
}

/** The files of a tree that define symbols, each whole. */
export function filePassages(
  graph: CodeGraph,
  wordsOf: (path: string) => readonly (readonly string[])[],
): readonly Passage[] {
  return [...graph.files.keys()]
    .filter((path) => (graph.symbolsOf.get(path) ?? []).length > 0)
    .map((path) => {
      const lines = { from: 1, to: wordsOf(path).length };
      return passage({ path, lines, name: { from: 1, to: 1 } }, wordsOf(path).flat());
    });
}

function passage(place: Pick<Passage, "path" | "lines" | "name">, words: readonly string[]): Passage {
  const all = [...identifierWords(place.path), ...words];
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { ...place, words: counts, length: all.length };
}

/** BM25 with its usual constants: what matches at all, the best first, ties by path and line. */
export function termSearch(text: string, passages: readonly Passage[]): readonly Passage[] {
  const terms = [...new Set(identifierWords(text))];
  const holders = new Map(terms.map((term) => [term, passages.filter(({ words }) => words.has(term)).length]));
  const average = passages.reduce((sum, { length }) => sum + length, 0) / Math.max(1, passages.length);
  const score = ({ words, length }: Passage): number =>
    terms.reduce((sum, term) => {
      const count = words.get(term) ?? 0;
      const rare = holders.get(term) ?? 0;
      const rarity = Math.log(1 + (passages.length - rare + 0.5) / (rare + 0.5));
      return sum + (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
    }, 0);
  return passages
    .map((each) => ({ each, score: score(each) }))
    .filter(({ score: own }) => own > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        (a.each.path < b.each.path ? -1 : a.each.path > b.each.path ? 1 : a.each.lines.from - b.each.lines.from),
    )
    .map(({ each }) => each);
}

/** Lines of a file that a context shows. */
export type ShownLines = { readonly path: string; readonly lines: Lines };

/**
 * Shows passages whole, best first, as long as they fit into so many tokens, with their path and a fence around them; one
 * that is too long is left out, or, `cut`, shown as far as there is room and the last.
 */
export function greedy(
  passages: readonly Passage[],
  room: number,
  cut: boolean,
  { textOf, countTokens }: { textOf: (path: string) => string; countTokens: (text: string) => number },
): readonly ShownLines[] {
  const shown: ShownLines[] = [];
  let left = room;
  for (const { path, lines } of passages) {
    if (left < leastRoom) break;
    const whole = textOf(path)
      .split("\n")
      .slice(lines.from - 1, lines.to);
    const cost = (count: number): number => {
      const text = whole.slice(0, count).join("\n");
      return text.length > left * 8 ? Number.POSITIVE_INFINITY : countTokens(`${path}\n\`\`\`\n${text}\n\`\`\`\n\n`);
    };
    let count = whole.length;
    if (cut) while (count > 0 && cost(count) > left) count = Math.floor(count * 0.9);
    if (count === 0 || cost(count) > left) continue;
    shown.push({ path, lines: { from: lines.from, to: lines.from + count - 1 } });
    left -= cost(count);
    if (cut && count < whole.length) break;
  }
  return shown;
}

/**
 * Names symbols by their line alone, best first, each file's path once, as long as they fit into so many tokens: the same search in
 * the form of an outline, which shows more of them and nothing of what they do.
 */
export function outlined(
  symbols: readonly Passage[],
  room: number,
  { textOf, countTokens }: { textOf: (path: string) => string; countTokens: (text: string) => number },
): readonly ShownLines[] {
  const shown: ShownLines[] = [];
  const paths = new Set<string>();
  let left = room;
  for (const { path, name } of symbols) {
    if (left < leastRoom) break;
    const line = textOf(path).split("\n")[name.from - 1] ?? "";
    const cost = countTokens(`${paths.has(path) ? "" : `\n${path}\n`}${line}\n`);
    if (cost > left) continue;
    paths.add(path);
    shown.push({ path, lines: name });
    left -= cost;
  }
  return shown;
}

/** No passage fits into less. */
const leastRoom = 20;

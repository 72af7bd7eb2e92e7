import { sourceOf, textsOf } from "../../../context/application/code-source.ts";
import { buildTextContext } from "../../../context/application/text-context.ts";
import { changedSymbols } from "../../../context/domain/code/changed-symbols.ts";
import { buildCodeGraph, type CodeFile, type CodeGraph } from "../../../context/domain/code/code-graph.ts";
import { type DocumentTerms, documentTerms } from "../../../context/domain/code/document-terms.ts";
import { readHistoryOf } from "../../../context/domain/code/history.ts";
import { languageOf } from "../../../context/domain/code/language.ts";
import { openMemoryIndex } from "../../../context/domain/code/memory-index.ts";
import type { Context } from "../../../context/domain/context.ts";
import { identifierWords } from "../../../context/domain/identifier-words.ts";
import { type KnownTexts, openGitSource } from "../../../context/infrastructure/git-source.ts";
import { loadTokenCounter } from "../../../context/infrastructure/load-token-counter.ts";
import { parseSource } from "../../../context/infrastructure/syntax/parse-source.ts";
import type { Change } from "./read-changes.ts";
import { type Changed, type Recall, recallOf } from "./recall.ts";
import { filePassages, greedy, outlined, type ShownLines, symbolPassages, termSearch } from "./references.ts";

/** What one commit's message brought. */
export type Measured = {
  readonly ours: Recall;
  readonly terms: Recall;
  /** The same search in outlines. */
  readonly termsOutlined: Recall;
  readonly files: Recall;
  readonly changed: number;
  readonly indexed: number;
};

/** A file as one of its versions is: read, parsed and split into words once for all commits that have it. */
type Version = {
  readonly file: CodeFile;
  readonly lines: readonly string[];
  readonly words: readonly (readonly string[])[];
  terms: readonly DocumentTerms[] | null;
};

/**
 * Measures changes of one repository. Null for a commit that changed no symbol of its parent. Secrets stay in: nothing of
 * this is shown to anybody, and lines stay as they are either way.
 */
export async function createMeasure(
  directory: string,
  budgetTokens: number,
): Promise<(change: Change) => Promise<Measured | null>> {
  const countTokens = await loadTokenCounter();
  const known: KnownTexts = new Map();
  const versions = new Map<string, Version>();

  async function versionOf(file: Omit<CodeFile, "parsed">): Promise<Version> {
    const key = `${file.blob} ${file.path}`;
    const found = versions.get(key);
    if (found !== undefined) return found;
    const language = languageOf(file.path);
    const parsed = language === null ? null : await parseSource(file.path, file.text, language);
    const lines = file.text.split("\n");
    const words = parsed === null ? [] : lines.map(identifierWords);
    const version = { file: { ...file, parsed }, lines, words, terms: null };
    versions.set(key, version);
    return version;
  }

  return async (change) => {
    const source = await openGitSource(directory, { at: change.parent, known });
    const tree = await source.readTree();
    const byPath = new Map<string, Version>();
    for (const file of tree.files) byPath.set(file.path, await versionOf(file));
    const graph = buildCodeGraph([...byPath.values()].map(({ file }) => file));
    const changed = changedIn(graph, change);
    if (changed.symbols.length === 0) return null;
    const commits = await source.readHistory();
    const termsOf: typeof documentTerms = (file, symbols) => {
      const version = byPath.get(file.path);
      if (version === undefined) return documentTerms(file, symbols);
      version.terms ??= documentTerms(file, symbols);
      return version.terms;
    };
    const linesOf = (path: string): readonly string[] => byPath.get(path)?.lines ?? [];
    const index = openMemoryIndex(graph, readHistoryOf(commits, new Set(byPath.keys())), change.parent, termsOf);
    const assembled = await buildTextContext(
      {
        source: sourceOf(index, textsOf(graph)),
        commits,
        redact: async (text) => ({ text, found: [] }),
        countTokens,
      },
      { text: change.message, role: "developer", phase: "build", budgetTokens },
    );
    if (assembled.kind !== "context") throw new RangeError(`A budget of ${budgetTokens} tokens holds no context.`);
    const { context } = assembled;
    const room = context.budget.limit - (context.blocks.find(({ name }) => name === "case")?.tokens ?? 0);
    const texts = { textOf: (path: string) => graph.files.get(path)?.text ?? "", countTokens };
    const wordsOf = (path: string): Version["words"] => byPath.get(path)?.words ?? [];
    const found = (passages: ReturnType<typeof filePassages>): ReturnType<typeof termSearch> =>
      termSearch(change.message, passages);
    const symbols = found(symbolPassages(graph, wordsOf));
    return {
      ours: recallOf(changed, shownBy(context), linesOf),
      terms: recallOf(changed, greedy(symbols, room, false, texts), linesOf),
      termsOutlined: recallOf(changed, outlined(symbols, room, texts), linesOf),
      files: recallOf(changed, greedy(found(filePassages(graph, wordsOf)), room, true, texts), linesOf),
      changed: changed.symbols.length,
      indexed: graph.symbols.size,
    };
  };
}

function changedIn({ files, symbolsOf }: CodeGraph, change: Change): Changed {
  const own = change.files.filter(({ path }) => files.has(path));
  return {
    symbols: own.flatMap(({ path, hunks }) => changedSymbols(symbolsOf.get(path) ?? [], hunks)),
    files: own.map(({ path }) => path),
  };
}

function shownBy({ blocks }: Context): readonly ShownLines[] {
  return blocks
    .filter(({ name }) => name === "code" || name === "tests")
    .flatMap(({ pieces }) => pieces)
    .flatMap(({ path, lines }) => (path === null ? [] : lines.map((range) => ({ path, lines: range }))));
}

import { posix } from "node:path";
import { type CodeFile, type SymbolNode, symbolNodes } from "./code-graph.ts";
import { documentTerms } from "./document-terms.ts";
import { isManifest } from "./package-names.ts";
import type { ListedDocument } from "./posting-lists.ts";

/** What an index keeps of one file. */
export type IndexedFile = {
  /** The file without its text, but for a manifest's: enough to say again what its names mean when other files change. */
  readonly facts: CodeFile;
  readonly symbols: readonly SymbolNode[];
  /** The file and its symbols, with the words that find them. */
  readonly documents: readonly ListedDocument[];
};

/** Makes what an index keeps of a file that was read and parsed. No other file has a part in it. */
export function indexFile(file: CodeFile): IndexedFile {
  const facts = factsOf(file);
  const symbols = symbolNodes(facts);
  const terms = new Map(documentTerms(file, symbols).map((each) => [each.key, each.terms]));
  const documents = [
    { key: file.path, name: posix.basename(file.path) },
    ...symbols.map(({ id, name }) => ({ key: id, name })),
  ].map((each) => ({ ...each, terms: terms.get(each.key) ?? new Map<string, number>() }));
  return { facts, symbols, documents };
}

/** A file without the text that no other file's names depend on. */
function factsOf(file: CodeFile): CodeFile {
  return isManifest(file.path) ? file : { ...file, text: "" };
}

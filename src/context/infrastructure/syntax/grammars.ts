import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Parser as ParserType, Query as QueryType } from "@vscode/tree-sitter-wasm";
import type { Language } from "../../domain/code/language.ts";
import { queries } from "./queries.ts";

export type Grammar = { readonly parser: ParserType; readonly query: QueryType };

// The package is a UMD bundle, whose named exports an import does not see.
const require = createRequire(import.meta.url);

const open = new Map<Language, Promise<Grammar>>();
let ready: Promise<void> | null = null;

/** The parser and the query of one language, loaded when it is first met: 0.2 to 1.5 MB of wasm each. */
export function loadGrammar(language: Language): Promise<Grammar> {
  const known = open.get(language);
  if (known !== undefined) return known;
  const loading = load(language);
  open.set(language, loading);
  return loading;
}

/** Forgets a grammar whose wasm gave up, so that the next file gets a new parser. */
export function dropGrammar(language: Language): void {
  open.delete(language);
}

async function load(language: Language): Promise<Grammar> {
  const {
    Parser,
    Language: Grammars,
    Query,
  }: typeof import("@vscode/tree-sitter-wasm") = require("@vscode/tree-sitter-wasm");
  ready ??= Parser.init();
  await ready;
  const folder = dirname(require.resolve("@vscode/tree-sitter-wasm"));
  const grammar = await Grammars.load(join(folder, `tree-sitter-${language}.wasm`));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { parser, query: new Query(grammar, queries[language]) };
}

import type { Language } from "./language.ts";

export type SymbolKind =
  | "function"
  | "method"
  | "class"
  | "interface"
  | "enum"
  | "type"
  | "trait"
  | "impl"
  | "module"
  | "constant"
  | "macro"
  | "test";

/** Kinds whose members are symbols of their own. Everything inside another kind is part of its body. */
export const containerKinds: ReadonlySet<SymbolKind> = new Set([
  "class",
  "interface",
  "enum",
  "trait",
  "impl",
  "module",
]);

/** What a file defines. Lines are counted from 1, both ends belong to it. */
export type ParsedSymbol = {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The symbol that holds it: `Invoice` of `Invoice.total`; null at the top. */
  readonly parent: string | null;
  readonly from: number;
  readonly to: number;
  /** The last line of its signature: what an outline shows. */
  readonly signatureTo: number;
  /** The same as characters of the text, from 0; `end` is the first one after it. */
  readonly start: number;
  readonly end: number;
  /** Names that it calls, each once, sorted. */
  readonly calls: readonly string[];
};

/** One file as its grammar sees it, before anything is known of the other files. */
export type ParsedFile = {
  readonly language: Language;
  readonly symbols: readonly ParsedSymbol[];
  /** What it imports, as it is written there: a path, a module, a package. */
  readonly imports: readonly string[];
  /** Names that are called outside every symbol, each once, sorted. */
  readonly calls: readonly string[];
  /** The grammar did not understand all of it; what it understood counts. */
  readonly faulty: boolean;
};

import type { BlockName, ContextRole } from "./block-table.ts";
import type { Budget, Phase } from "./build-context.ts";
import type { Lines } from "./code/show-symbol.ts";

/** One part of a context and where it comes from. */
export type Piece = {
  /** The graph's node: a symbol's id, a path, a commit. */
  readonly node: string;
  readonly path: string | null;
  readonly symbol: string | null;
  readonly kind: string;
  readonly form: "text" | "body" | "outline" | "excerpt" | "title";
  /** Lines of the path, from 1, both ends included. */
  readonly lines: readonly Lines[];
  /** The commit that the lines are read from. */
  readonly commit: string;
  readonly score: number;
  readonly distance: number | null;
  readonly why: readonly string[];
  readonly tokens: number;
};

export type CodeContextBlock = {
  readonly name: BlockName;
  readonly text: string;
  readonly tokens: number;
  readonly pieces: readonly Piece[];
};

export type LeftOut = { readonly block: BlockName; readonly node: string | null; readonly why: string };

/** The context that an agent would be given about a repository alone. */
export type CodeContext = {
  readonly role: ContextRole;
  readonly phase: Phase;
  readonly commit: string;
  /** Tokens: what was asked for, and what is used at most of it as `tokens` counts (the rest is the tokenizers' margin). */
  readonly budget: Budget;
  /** The tokens of `text`, counted as a whole. */
  readonly tokens: number;
  /** The same as the model's own tokenizer counts them, where a host told. */
  readonly modelTokens?: number;
  /** SHA-256 of `text`. */
  readonly hash: string;
  readonly text: string;
  readonly blocks: readonly CodeContextBlock[];
  readonly leftOut: readonly LeftOut[];
  readonly redacted: readonly { readonly rule: string; readonly count: number }[];
};

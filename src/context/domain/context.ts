import type { BlockName, ContextRole } from "./block-table.ts";
import type { Lines } from "./code/show-symbol.ts";
import type { Phase } from "./phase.ts";

/** Counts a text's tokens. Its tokenizer may not be the model's, hence `budgetMargin`. */
export type CountTokens = (text: string) => number;

/** Share of the budget that is left free: tokenizers of self-hosted models differ from the one that counts by a few percent. */
export const budgetMargin = 0.1;

/** Tokens: what was asked for, and what is used of it at most as the estimate counts; the rest is the tokenizers' margin. */
export type Budget = { readonly tokens: number; readonly limit: number };

/** A budget that is counted by an estimate. */
export function budgetOf(tokens: number): Budget {
  return { tokens, limit: Math.floor(tokens * (1 - budgetMargin)) };
}

/** One part of a context and where it comes from. */
export type Piece = {
  /** The graph's node: a story's, a task's, a decision's or a symbol's id, a path, a commit. */
  readonly node: string;
  readonly path: string | null;
  readonly symbol: string | null;
  /** Further nodes: the story of a task, or each that the lines name where that is several things that a file defines. */
  readonly holds?: readonly string[];
  readonly kind: string;
  readonly form: "text" | "body" | "outline" | "excerpt" | "title";
  /** Lines of the path, from 1, both ends included. */
  readonly lines: readonly Lines[];
  /** The commit that the lines are read from; null for what is no code. */
  readonly commit: string | null;
  readonly score: number;
  readonly distance: number | null;
  readonly why: readonly string[];
  readonly tokens: number;
};

export type ContextBlock = {
  readonly name: BlockName;
  readonly text: string;
  readonly tokens: number;
  readonly pieces: readonly Piece[];
};

export type LeftOut = { readonly block: BlockName; readonly node: string | null; readonly why: string };

/** What an agent of a role is given in a phase (DOMAIN.md §5). */
export type Context = {
  readonly role: ContextRole;
  readonly phase: Phase;
  /** The commit that its code, or its history, is read from; null where it has neither. */
  readonly commit: string | null;
  readonly budget: Budget;
  /** The tokens of `text`, counted as a whole. */
  readonly tokens: number;
  /** The same as the model's own tokenizer counts them, where a host told. */
  readonly modelTokens?: number;
  /** SHA-256 of `text`: the same facts always give the same one. */
  readonly hash: string;
  readonly text: string;
  readonly blocks: readonly ContextBlock[];
  readonly leftOut: readonly LeftOut[];
  /** How many secrets were taken out of all that was read for it, shown or not, by rule. */
  readonly redacted: readonly { readonly rule: string; readonly count: number }[];
};

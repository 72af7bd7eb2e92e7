import { createHash } from "node:crypto";
import { type BlockName, blocksFor, type ContextRole } from "./block-table.ts";
import { fitCase } from "./case-text.ts";
import type { Candidate, Choice } from "./code/choose-code.ts";
import {
  type Budget,
  budgetMargin,
  type Context,
  type ContextBlock,
  type CountTokens,
  type LeftOut,
} from "./context.ts";
import { fitCode } from "./fit-code.ts";
import type { Phase } from "./phase.ts";
import { codeBlock, frameOf, shownName } from "./render-blocks.ts";
import { codeBlockOf, unplaced } from "./unplaced.ts";
import { type Fitted, fitWritten, type WrittenBlock, writtenBlock } from "./written-block.ts";

/** What a context is made of. Every text is without secrets; where it comes from does not matter here. */
export type ContextFacts = {
  /** The case: what names it (always shown), and what is asked for, as far as it fits. */
  readonly heading: string;
  readonly about: string;
  /** The graph's nodes that the case is made from, what it is about first. */
  readonly nodes: readonly [string, ...string[]];
  readonly role: ContextRole;
  readonly phase: Phase;
  /** Null: there is no code. */
  readonly commit: string | null;
  /** What may be shown of the code and its tests, the best first. */
  readonly candidates: readonly Candidate[];
  /** What ranks high and is not among them. */
  readonly over: Choice["over"];
  /** A file's lines, without secrets, as many as it has. */
  readonly linesOf: (path: string) => readonly string[];
  /** The blocks that are no code. */
  readonly written: Readonly<Partial<Record<BlockName, WrittenBlock>>>;
  /** Why a block that the role and phase have is empty. */
  readonly absent: Readonly<Partial<Record<BlockName, string>>>;
  readonly redacted: Context["redacted"];
};

export type Assembled =
  | { readonly kind: "context"; readonly context: Context }
  /** Not even the header fits: the least budget in tokens. */
  | { readonly kind: "too-small"; readonly least: number };

/** What a long text may take of the budget where more is to follow. */
const textShare = 0.4;
/** What the blocks after the code may take of the budget before it. */
const afterCodeShare = 0.2;

const nothing = {
  code: "nothing in the repository is named by the text or shares a word with it",
  tests: "no test is known to reach it or to be about it",
};

/**
 * The context of one role and phase, under a hard budget of tokens: `text` counted as a whole is never above `limit`.
 * What does not fit is left out, the lowest priority first, and `leftOut` says what and why. Pure: the same facts give the
 * same text.
 */
export function assembleContext(facts: ContextFacts, budget: Budget, countTokens: CountTokens): Assembled {
  const { limit } = budget;
  const names = blocksFor(facts.role, facts.phase).map(({ name }) => name);
  const size = (text: string): number => countTokens(`${text}\n\n`);
  const least = size(facts.heading);
  if (least > limit) return tooSmall(least);
  const opening = fitCase(facts, names.length > 1 ? Math.max(least, limit * textShare) : limit, countTokens);
  const written = new Map<BlockName, Fitted>();
  const wantsCode = names.includes("code") && facts.commit !== null;
  const titles = { code: `Code at commit ${facts.commit?.slice(0, 12)}`, tests: "Tests that cover it" };
  const candidates = wantsCode ? facts.candidates.filter((each) => names.includes(codeBlockOf(each))) : [];
  let room = limit - size(opening.text);
  const take = (wanted: readonly BlockName[], share: number): void => {
    let own = share;
    for (const name of wanted) {
      const block = facts.written[name];
      if (block === undefined) continue;
      const fitted = fitWritten(name, block, own, size);
      written.set(name, fitted);
      own -= fitted.tokens;
      room -= fitted.tokens;
    }
  };
  const at = names.indexOf("code");
  take(at < 0 ? names : names.slice(0, at), room);
  if (wantsCode) {
    take(names.slice(at + 1), Math.min(room, limit * afterCodeShare));
    room -= size(titles.code) + (names.includes("tests") ? size(titles.tests) : 0);
  } else if (at >= 0) {
    take(names.slice(at + 1), room);
  }
  const { linesOf } = facts;
  const fitting = fitCode(candidates, {
    linesOf,
    countTokens,
    frameOf,
    room: Math.max(0, room),
  });
  const shown = (name: "code" | "tests"): ContextBlock | null => {
    const own = fitting.placed().filter(({ candidate }) => codeBlockOf(candidate) === name);
    return codeBlock(name, titles[name], own, { commit: facts.commit, linesOf, countTokens });
  };
  const build = (): readonly ContextBlock[] =>
    names.flatMap((name) => {
      if (name === "case") return opening;
      if (name === "code" || name === "tests") return shown(name) ?? [];
      const fitted = written.get(name);
      return fitted === undefined ? [] : (writtenBlock(name, fitted, countTokens) ?? []);
    });
  let blocks = build();
  const textOfAll = (): string => blocks.map((block) => block.text).join("\n\n");
  let text = textOfAll();
  let tokens = countTokens(text);
  // A tokenizer may count a whole above the sum of its parts.
  while (tokens > limit) {
    if (!dropLast(names, written) && fitting.drop() === null) return tooSmall(tokens);
    blocks = build();
    text = textOfAll();
    tokens = countTokens(text);
  }
  const leftOut: readonly LeftOut[] = [
    ...names.flatMap((name) => absentFrom(name, facts, blocks)),
    ...opening.leftOut,
    ...[...written.values()].flatMap((fitted) => fitted.leftOut),
    ...unplaced(candidates, fitting),
    ...(wantsCode ? facts.over.map(({ key, why }): LeftOut => ({ block: "code", node: shownName(key), why })) : []),
  ];
  const { role, phase, commit, redacted } = facts;
  const hash = createHash("sha256").update(text).digest("hex");
  return {
    kind: "context",
    context: { role, phase, commit, budget, tokens, hash, text, blocks, leftOut, redacted },
  };
}

function tooSmall(tokens: number): Assembled {
  return { kind: "too-small", least: Math.ceil(tokens / (1 - budgetMargin)) };
}

/** Takes the least important item of the least important block away; false where there is none. */
function dropLast(names: readonly BlockName[], written: Map<BlockName, Fitted>): boolean {
  for (const name of names.toReversed()) {
    const fitted = written.get(name);
    const last = fitted?.items.at(-1);
    if (fitted === undefined || last === undefined) continue;
    const dropped = { block: name, node: last.node, why: "does not fit beside the others" };
    written.set(name, { ...fitted, items: fitted.items.slice(0, -1), leftOut: [...fitted.leftOut, dropped] });
    return true;
  }
  return false;
}

/** A block of the table of which nothing is there: why. */
function absentFrom(name: BlockName, facts: ContextFacts, blocks: readonly ContextBlock[]): readonly LeftOut[] {
  if (blocks.some((block) => block.name === name)) return [];
  const none = (why: string): readonly LeftOut[] => [{ block: name, node: null, why }];
  if (facts.absent[name] !== undefined) return none(facts.absent[name]);
  if (name === "code" && !facts.candidates.some((each) => codeBlockOf(each) === "code")) return none(nothing.code);
  if (name === "tests" && !facts.candidates.some((each) => codeBlockOf(each) === "tests")) return none(nothing.tests);
  return [];
}

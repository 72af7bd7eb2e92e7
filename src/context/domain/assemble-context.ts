import { createHash } from "node:crypto";
import { type BlockName, blocksFor, type ContextRole } from "./block-table.ts";
import { fitCase } from "./case-text.ts";
import type { Candidate, Choice } from "./code/choose-code.ts";
import type { Shown } from "./code/show-symbol.ts";
import { budgetMargin, type Context, type ContextBlock, type CountTokens, type LeftOut } from "./context.ts";
import { createFitting } from "./fit-candidates.ts";
import type { Phase } from "./phase.ts";
import { candidatesBlock, pieceText, shownName } from "./render-blocks.ts";
import { unplaced } from "./unplaced.ts";
import { type Fitted, fitWritten, type WrittenBlock, writtenBlock } from "./written-block.ts";

/** What a context is made of. Every text is without secrets; where it comes from does not matter here. */
export type ContextFacts = {
  /** The case: what names it (always shown), and what is asked for, as far as it fits. */
  readonly heading: string;
  readonly about: string;
  /** The graph's nodes that the case is made from. */
  readonly nodes: readonly string[];
  readonly role: ContextRole;
  readonly phase: Phase;
  /** Null: there is no code. */
  readonly commit: string | null;
  readonly choice: Choice;
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
/** What is kept free for the tests while the code is chosen. */
const testShare = 0.2;
/** What the blocks after the code may take of the budget before it. */
const afterCodeShare = 0.2;

const nothing = {
  code: "nothing in the repository is named by the text or shares a word with it",
  tests: "no test is known to reach it",
};

/**
 * The context of one role and phase, under a hard budget of tokens: `text` counted as a whole is never above `limit`.
 * What does not fit is left out, the lowest priority first, and `leftOut` says what and why. Pure: the same facts give the
 * same text.
 */
export function assembleContext(facts: ContextFacts, budgetTokens: number, countTokens: CountTokens): Assembled {
  const limit = Math.floor(budgetTokens * (1 - budgetMargin));
  const names = blocksFor(facts.role, facts.phase).map(({ name }) => name);
  const size = (text: string): number => countTokens(`${text}\n\n`);
  const least = size(facts.heading);
  if (least > limit) return tooSmall(least);
  const opening = fitCase(facts, names.length > 1 ? Math.max(least, limit * textShare) : limit, countTokens);
  const written = new Map<BlockName, Fitted>();
  const wantsCode = names.includes("code") && facts.commit !== null;
  const { code, tests } = createCode(facts, limit, size);
  const titles = { code: `Code at commit ${facts.commit?.slice(0, 12)}`, tests: "Tests that cover it" };
  const covering = wantsCode && names.includes("tests") ? facts.choice.tests : [];
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
    room -= size(titles.code) + (covering.length > 0 ? size(titles.tests) : 0);
    code.place(facts.choice.code, Math.floor(room * (covering.length > 0 ? 1 - testShare : 1)));
    tests.place(covering, Math.min(room - code.used(), Math.floor(limit * testShare)));
    code.enlarge(facts.choice.code, room - code.used() - tests.used());
    tests.enlarge(covering, room - code.used() - tests.used());
  } else if (at >= 0) {
    take(names.slice(at + 1), room);
  }
  const build = (): readonly ContextBlock[] =>
    names.flatMap((name) => {
      if (name === "case") return opening;
      if (name === "code") return candidatesBlock("code", titles.code, code.placed, facts.commit, countTokens) ?? [];
      if (name === "tests")
        return candidatesBlock("tests", titles.tests, tests.placed, facts.commit, countTokens) ?? [];
      const fitted = written.get(name);
      return fitted === undefined ? [] : (writtenBlock(name, fitted, countTokens) ?? []);
    });
  let blocks = build();
  const textOfAll = (): string => blocks.map(({ text }) => text).join("\n\n");
  // A tokenizer may count a whole above the sum of its parts.
  while (countTokens(textOfAll()) > limit) {
    if (!dropLast(names, written) && (tests.drop() ?? code.drop()) === null) return tooSmall(countTokens(textOfAll()));
    blocks = build();
  }
  const text = textOfAll();
  const leftOut: readonly LeftOut[] = [
    ...names.flatMap((name) => absentFrom(name, facts, blocks)),
    ...opening.leftOut,
    ...[...written.values()].flatMap((fitted) => fitted.leftOut),
    ...(wantsCode ? unplaced("code", facts.choice.code, code) : []),
    ...unplaced("tests", covering, tests),
    ...(wantsCode
      ? facts.choice.over.map(({ key, why }): LeftOut => ({ block: "code", node: shownName(key), why }))
      : []),
  ];
  const { role, phase, commit, redacted } = facts;
  const budget = { tokens: budgetTokens, limit };
  const hash = createHash("sha256").update(text).digest("hex");
  const tokens = countTokens(text);
  return {
    kind: "context",
    context: { role, phase, commit, budget, tokens, hash, text, blocks, leftOut, redacted },
  };
}

function tooSmall(tokens: number): Assembled {
  return { kind: "too-small", least: Math.ceil(tokens / (1 - budgetMargin)) };
}

function createCode(facts: ContextFacts, limit: number, size: (text: string) => number) {
  const render = (candidate: Candidate, shown: Shown) => {
    const lines = facts.linesOf(candidate.path);
    const length = shown.lines.reduce((sum, { from, to }) => sum + lines.slice(from - 1, to).join("\n").length, 0);
    // Eight characters a token are far beyond any code: what cannot fit is not counted.
    if (length > limit * 8) return { text: "", tokens: Number.POSITIVE_INFINITY };
    const text = pieceText(candidate, shown, lines);
    return { text, tokens: size(text) };
  };
  return { code: createFitting(render), tests: createFitting(render) };
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
  if (name === "code" && facts.choice.code.length === 0) return none(nothing.code);
  if (name === "tests" && facts.choice.tests.length === 0) return none(nothing.tests);
  return [];
}

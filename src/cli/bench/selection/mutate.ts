import {
  boundary,
  calls,
  conditions,
  logic,
  type MutationRule,
  operators,
  type Swaps,
  statements,
  truths,
} from "./mutation-rules.ts";
import type { TaskLanguage } from "./task.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** A module with one mistake in it, or one that only looks like a mistake. */
export type Mutant = { readonly rule: MutationRule; readonly text: string };

/** Every mutant of one change, in the order of the source; each text once, and never the source itself. */
export function mutantsOf(source: string, language: TaskLanguage): readonly Mutant[] {
  const tokens = tokensOf(source, language);
  const found: Mutant[] = [
    ...tokens.flatMap((token, at) => tokenMutants(tokens, token, at, language)),
    ...argumentMutants(tokens),
    ...lineMutants(source, language),
  ];
  const seen = new Set([source]);
  return found.filter(({ text }) => !seen.has(text) && seen.add(text) !== undefined);
}

function tokenMutants(tokens: readonly Token[], token: Token, at: number, language: TaskLanguage): Mutant[] {
  const { kind, text } = token;
  const becomes = (rule: MutationRule, texts: readonly string[]): Mutant[] =>
    texts.map((each) => ({ rule, text: joined(tokens, at, each) }));
  if (kind === "number") return becomes("constant", constants(text));
  if (kind === "string") return becomes("string", otherStrings(text, language));
  if (kind === "word") {
    return [
      ...becomes("logic", [...swapsOf(logic, text), ...swapsOf(truths, text)]),
      ...(tokens[at + 1]?.text === "(" ? becomes("call", swapsOf(calls[language], text)) : []),
      ...(text === "length" && tokens[at - 1]?.text === "." ? becomes("off-by-one", ["length - 1"]) : []),
      ...(text === "not" && language === "python" ? becomes("logic", [""]) : []),
    ];
  }
  if (kind !== "sign") return [];
  if (text === "!") return becomes("logic", [""]);
  return [
    ...becomes("boundary", swapsOf(boundary, text)),
    ...becomes("operator", swapsOf(operators, text)),
    ...becomes("logic", swapsOf(logic, text)),
    ...(text === "//" ? becomes("operator", ["*", "%"]) : []),
    ...(text === "/" ? becomes("operator", ["*"]) : []),
    ...(text === ")" && endsLength(tokens, at) ? becomes("off-by-one", [") - 1"]) : []),
  ];
}

/** What a table has for a text; a name such as `toString` is in no table. */
function swapsOf(table: Swaps, text: string): readonly string[] {
  return Object.hasOwn(table, text) ? (table[text] ?? []) : [];
}

function constants(text: string): readonly string[] {
  const value = Number(text);
  if (!Number.isInteger(value)) return [];
  return value === 0 ? ["1"] : [String(value + 1), String(value - 1)];
}

/** Without what the string holds, or with something where there was nothing. Templates stay: they hold code. */
function otherStrings(text: string, language: TaskLanguage): readonly string[] {
  const quote = text[0] ?? "";
  if (quote === "`" || text.startsWith('"""')) return [];
  // A Go rune holds one letter.
  if (quote === "'" && language === "go") return text === "'a'" ? ["'b'"] : ["'a'"];
  return [text.length === 2 ? `${quote} ${quote}` : `${quote}${quote}`];
}

/** Whether this bracket closes `len(name)`. */
function endsLength(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 2]?.text === "(" && tokens[at - 3]?.text === "len";
}

function joined(tokens: readonly Token[], at: number, text: string): string {
  return tokens.map((token, index) => (index === at ? text : token.text)).join("");
}

/** Calls with two plain arguments, the two swapped: `f(a, b)` becomes `f(b, a)`. A definition's stay. */
function argumentMutants(tokens: readonly Token[]): Mutant[] {
  const mutants: Mutant[] = [];
  for (const [at, token] of tokens.entries()) {
    const next = tokens.slice(at, at + 7);
    const isCall = token.kind === "word" && next.map(({ text }, index) => shapes[index]?.(text)).every(Boolean);
    const defines = ["function", "def", "func"].includes(tokens[at - 2]?.text ?? "");
    if (!isCall || next.length < 7 || defines || next[2]?.text === next[5]?.text) continue;
    const [name, open, a, comma, blank, b, close] = next.map(({ text }) => text);
    const text = [...tokens.slice(0, at).map((each) => each.text), name, open, b, comma, blank, a, close];
    mutants.push({ rule: "arguments", text: [...text, ...tokens.slice(at + 7).map((each) => each.text)].join("") });
  }
  return mutants;
}

const plain = (text: string): boolean => /^[\w$]+$/.test(text);
const shapes: readonly ((text: string) => boolean)[] = [
  plain,
  (text) => text === "(",
  plain,
  (text) => text === ",",
  (text) => text === " ",
  plain,
  (text) => text === ")",
];

/** A branch that is never taken, and a statement that was forgotten. */
function lineMutants(source: string, language: TaskLanguage): Mutant[] {
  const lines = source.split("\n");
  const becomes = (rule: MutationRule, at: number, line: string): Mutant => ({
    rule,
    text: lines.map((each, index) => (index === at ? line : each)).join("\n"),
  });
  const condition = conditions[language];
  const statement = statements[language];
  return lines.flatMap((line, at) => [
    ...(condition.pattern.test(line) ? [becomes("branch", at, line.replace(condition.pattern, condition.never))] : []),
    ...(statement.pattern.test(line)
      ? [becomes("statement", at, line.replace(statement.pattern, statement.instead))]
      : []),
  ]);
}

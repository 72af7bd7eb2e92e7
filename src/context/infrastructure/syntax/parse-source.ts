import type { Node, QueryMatch, Tree } from "@vscode/tree-sitter-wasm";
import type { ParseSource } from "../../application/ports.ts";
import type { Language } from "../../domain/code/language.ts";
import { containerKinds, type ParsedFile, type ParsedSymbol, type SymbolKind } from "../../domain/code/parsed-file.ts";
import { isTestPath } from "../../domain/code/test-path.ts";
import { dropGrammar, type Grammar, loadGrammar } from "./grammars.ts";

type Draft = {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly signatureTo: number;
  readonly owner: string | null;
  readonly calls: Set<string>;
};

/** Functions of the usual JavaScript runners that define a test. `describe` only groups. */
const runners = new Set(["it", "test", "specify", "bench"]);

/** What a file may cost: those of 512 KiB take about 0.2 s. */
const parseMs = 10_000;

/**
 * Parses a file with its language's grammar. Null where the grammar gave up: it took more than 10 s, or the wasm ran out
 * of memory on a nesting that no person writes. To find what a file defines takes the square of its depth.
 */
export const parseSource: ParseSource = async (path, text, language) => {
  const grammar = await loadGrammar(language);
  let tree: Tree | null = null;
  try {
    const deadline = Date.now() + parseMs;
    const isLate = (): boolean => Date.now() > deadline;
    tree = grammar.parser.parse(text, null, { progressCallback: isLate });
    if (tree === null) {
      grammar.parser.reset();
      return null;
    }
    const matches = matchesIn(tree.rootNode, grammar, isLate);
    const source = { path, text, language, lines: text.split("\n") };
    return matches === null ? null : read(matches, tree.rootNode.hasError, source);
  } catch (error) {
    // A wasm trap (stack or memory) leaves the parser unusable. Anything else is a defect of ours.
    if (!(error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError"))) throw error;
    dropGrammar(language);
    return null;
  } finally {
    tree?.delete();
  }
};

type Source = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly language: Language;
};

/** Null where it was late before all were found. */
function matchesIn(root: Node, { query }: Grammar, isLate: () => boolean): readonly QueryMatch[] | null {
  let broken = false;
  const progressCallback = (): boolean => {
    broken = isLate();
    return broken;
  };
  const matches = query.matches(root, { progressCallback });
  return broken ? null : matches;
}

function read(matches: readonly QueryMatch[], faulty: boolean, source: Source): ParsedFile {
  const drafts = new Map<string, Draft>();
  const calls: { name: string; at: number }[] = [];
  const imports = new Set<string>();
  for (const match of matches) {
    const node = (name: string): Node | null => match.captures.find((each) => each.name === name)?.node ?? null;
    const target = node("import");
    const call = node("call");
    if (target !== null) {
      const written = source.text.slice(target.startIndex, target.endIndex);
      const by = node("require");
      if (by === null || textOf(by, source) === "require") imports.add(written.replace(/^["'`]|["'`]$/g, ""));
    } else if (call !== null) calls.push({ name: textOf(call, source), at: call.startIndex });
    else {
      const draft = define(match, node, source);
      if (typeof draft === "string") imports.add(draft);
      else if (draft !== null) drafts.set(`${draft.start}:${draft.name}`, draft);
    }
  }
  return assemble([...drafts.values()], calls, { imports, source, faulty });
}

/** A definition; or an import (`mod x;` of Rust); or null where the match is none. */
function define(match: QueryMatch, node: (name: string) => Node | null, source: Source): Draft | string | null {
  const nameNode = node("name");
  const whole = match.captures.find(({ name }) => !["name", "body", "value", "receiver", "runner"].includes(name));
  if (nameNode === null || whole === undefined) return null;
  const runner = node("runner");
  if (runner !== null && !runners.has(textOf(runner, source))) return null;
  const value = node("value");
  const body = node("body");
  let name = textOf(nameNode, source)
    .replace(/^["'`]|["'`]$/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 200)
    // Half of a character, as the cut may leave it, is another one to a store: the key would be two.
    .replace(/\p{Surrogate}/gu, "\ufffd");
  if (whole.name === "impl") name = name.replace(/<.*$/, "");
  if (whole.name === "module" && source.language === "rust" && body === null) return `mod ${name}`;
  const from = whole.node.startPosition.row + 1;
  const to = Math.max(from, endRow(whole.node));
  const receiver = node("receiver");
  return {
    name,
    kind: kindOf(whole.name, name, value, {
      source,
      line: from,
      modifiers: source.text.slice(whole.node.startIndex, nameNode.startIndex),
    }),
    start: whole.node.startIndex,
    end: whole.node.endIndex,
    from,
    to,
    signatureTo: signatureEnd(whole.node, body ?? value, source, from, to),
    owner: receiver === null ? null : (/(\w+)(?:\[[^\]]*\])?\s*\)$/.exec(textOf(receiver, source))?.[1] ?? null),
    calls: new Set(),
  };
}

/** A node that ends with a line break ends on the line before it. */
function endRow(node: Node): number {
  return node.endPosition.column === 0 ? node.endPosition.row : node.endPosition.row + 1;
}

/** A body in braces begins on the signature's last line; one by indentation begins below it. */
function signatureEnd(whole: Node, body: Node | null, { language }: Source, from: number, to: number): number {
  if (body === null) return Math.min(to, from + 2);
  const start = body.startPosition.row + 1;
  const end = language === "python" && start > whole.startPosition.row + 1 ? start - 1 : start;
  return Math.min(to, Math.max(from, end), from + 11);
}

const functionValues = new Set(["arrow_function", "function_expression", "generator_function"]);

type Site = { readonly source: Source; readonly line: number; readonly modifiers: string };

function kindOf(capture: string, name: string, value: Node | null, at: Site): SymbolKind {
  const { path, lines, language } = at.source;
  const known = kinds[capture] ?? "function";
  if (known === "constant" && value !== null && functionValues.has(value.type)) return "function";
  if (known !== "function" && known !== "method") return known;
  if (language === "python") return /^test_/.test(name) && isTestPath(path) ? "test" : known;
  if (language === "go")
    return /^(?:Test|Benchmark|Fuzz|Example)(?:$|[^a-z])/.test(name) && isTestPath(path) ? "test" : known;
  if (language !== "rust" && language !== "java") return known;
  // An attribute stands on the lines above in Rust; annotations are the first part of a Java method.
  const marks = language === "rust" ? attributesAbove(lines, at.line) : at.modifiers;
  // Before annotations a test was known by its name (JUnit 3).
  if (language === "java" && /^test(?:$|[^a-z])/.test(name) && isTestPath(path)) return "test";
  const isTest = language === "rust" ? /#\[(?:\w+::)*(?:\w+_test|test|rstest|test_case|proptest)\b/ : /@(?:\w+)?Test\b/;
  return isTest.test(marks) ? "test" : known;
}

function attributesAbove(lines: readonly string[], line: number): string {
  const found: string[] = [];
  for (let at = line - 2; at >= 0 && found.length < 10; at -= 1) {
    const above = (lines[at] ?? "").trim();
    if (!above.startsWith("#[") && !above.startsWith("//")) break;
    if (above.startsWith("#[")) found.push(above);
  }
  return found.join("\n");
}

const kinds: Readonly<Record<string, SymbolKind>> = {
  function: "function",
  method: "method",
  class: "class",
  interface: "interface",
  enum: "enum",
  type: "type",
  trait: "trait",
  impl: "impl",
  module: "module",
  constant: "constant",
  macro: "macro",
  test: "test",
};

type Rest = { readonly imports: ReadonlySet<string>; readonly source: Source; readonly faulty: boolean };

/** Nests the definitions by their ranges, drops what is inside a body, and gives each call to the innermost symbol. */
function assemble(
  drafts: readonly Draft[],
  calls: readonly { readonly name: string; readonly at: number }[],
  { imports, source, faulty }: Rest,
): ParsedFile {
  const sorted = [...drafts].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: { draft: Draft; parent: string | null }[] = [];
  const stack: { draft: Draft; path: string }[] = [];
  for (const draft of sorted) {
    while ((stack.at(-1)?.draft.end ?? Number.POSITIVE_INFINITY) < draft.end) stack.pop();
    while (stack.length > 0 && (stack.at(-1)?.draft.end ?? 0) <= draft.start) stack.pop();
    const outer = stack.at(-1);
    if (outer !== undefined && !containerKinds.has(outer.draft.kind)) continue;
    const parent = draft.owner ?? outer?.path ?? null;
    kept.push({ draft, parent });
    stack.push({ draft, path: parent === null ? draft.name : `${parent}.${draft.name}` });
  }
  const outside = new Set<string>();
  const spans = kept.map(({ draft }) => draft);
  const ordered = [...calls].sort((a, b) => a.at - b.at);
  const open: Draft[] = [];
  let next = 0;
  for (const { name, at } of ordered) {
    for (let span = spans[next]; span !== undefined && span.start <= at; span = spans[next]) {
      open.push(span);
      next += 1;
    }
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= at) open.pop();
    const inner = open.at(-1);
    if (inner === undefined) outside.add(name);
    // A test begins with the call of its runner.
    else if (at !== inner.start) inner.calls.add(name);
  }
  return {
    language: source.language,
    symbols: kept.map(
      ({ draft, parent }): ParsedSymbol => ({
        name: draft.name,
        kind: draft.kind === "function" && parent !== null ? "method" : draft.kind,
        parent,
        from: draft.from,
        to: draft.to,
        signatureTo: draft.signatureTo,
        start: draft.start,
        end: draft.end,
        calls: [...draft.calls].sort(),
      }),
    ),
    imports: [...imports],
    calls: [...outside].sort(),
    faulty,
  };
}

function textOf(node: Node, { text }: Source): string {
  return text.slice(node.startIndex, node.endIndex);
}

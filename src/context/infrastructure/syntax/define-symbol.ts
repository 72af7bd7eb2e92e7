import { posix } from "node:path";
import type { Node, QueryMatch } from "@vscode/tree-sitter-wasm";
import type { Language } from "../../domain/code/language.ts";
import { containerKinds, type SymbolKind } from "../../domain/code/parsed-file.ts";
import { isTestPath } from "../../domain/code/test-path.ts";

/** A definition before it is known what it stands in. */
export type Draft = {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly signatureTo: number;
  readonly owner: string | null;
  /** Where the code begins that it is a name of: two names of one function have the same. */
  readonly bodyStart: number;
  /** What it holds are symbols of their own. */
  readonly isContainer: boolean;
  readonly calls: Set<string>;
};

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly language: Language;
};

/** Functions of the usual JavaScript runners that define a test. `describe` only groups. */
const runners = new Set(["it", "test", "specify", "bench"]);

/** A definition; or an import (`mod x;` of Rust); or null where the match is none. */
export function define(match: QueryMatch, node: (name: string) => Node | null, source: Source): Draft | string | null {
  const nameNode = node("name");
  const whole = match.captures.find(({ name }) => Object.hasOwn(kinds, name));
  if (nameNode === null || whole === undefined) return null;
  const runner = node("runner");
  if (runner !== null && !runners.has(textOf(runner, source))) return null;
  const value = assigned(node("value"));
  const body = node("body") ?? (value !== null && isCode(value) ? value.childForFieldName("body") : null);
  const name = nameOf(whole.name, nameNode, body, source);
  const holder = holderOf(whole.node, source);
  // A function in an object is a symbol where that object is exported, assigned or handed to a statement's call.
  if (name === "_" || (whole.node.type === "pair" && !holders.has(holder?.type ?? ""))) return null;
  if (whole.name === "module" && source.language === "rust" && body === null) return `mod ${name}`;
  const place = placeOf(whole.node, nameNode);
  const from = place.startPosition.row + 1;
  const to = Math.max(from, endRow(place));
  const kind = kindOf(whole.name, name, value, {
    source,
    line: from,
    modifiers: source.text.slice(whole.node.startIndex, nameNode.startIndex),
  });
  return {
    name,
    kind,
    start: place.startIndex,
    end: place.endIndex,
    from,
    to,
    signatureTo: signatureEnd(place, body ?? value, source, from, to),
    owner: ownerOf(node("receiver") ?? holder?.named ?? null, source),
    bodyStart: (body ?? value ?? place).startIndex,
    isContainer: containerKinds.has(kind) || (kind === "constant" && value !== null),
    calls: new Set(),
  };
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

function nameOf(capture: string, nameNode: Node, body: Node | null, source: Source): string {
  const name = textOf(nameNode, source)
    .replace(/^["'`]|["'`]$/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 200)
    // Half of a character, as the cut may leave it, is another one to a store: the key would be two.
    .replace(/\p{Surrogate}/gu, "\ufffd");
  if (capture === "impl") return implemented(name);
  // What a module is as a whole is called as it calls itself, else as its file is.
  const isWhole = (name === "exports" || name === "default") && (capture === "function" || capture === "class");
  if (!isWhole || source.language === "python") return name;
  const own = body?.parent?.childForFieldName("name") ?? null;
  const { name: file, dir } = posix.parse(source.path);
  return own !== null ? textOf(own, source) : file === "index" && dir !== "" ? posix.basename(dir) : file;
}

/** The type alone: `&'a mut fmt::Cart<T>` is `Cart`. */
function implemented(type: string): string {
  const bare = type.replace(/<.*$/, "").replace(/^(?:&\s*(?:'\w+\s+)?(?:mut\s+)?|dyn\s+)+/, "");
  return /^(?:\w+::)+(\w+)$/.exec(bare)?.[1] ?? (bare === "" ? type : bare);
}

/** One of several names that are declared together stands for itself alone. */
function placeOf(whole: Node, nameNode: Node): Node {
  const declarator = nameNode.parent;
  if (declarator?.type !== "variable_declarator") return whole;
  const siblings = declarator.parent?.namedChildren.filter((each) => each?.type === "variable_declarator") ?? [];
  return siblings.length > 1 ? declarator : whole;
}

/** A node that ends with a line break ends on the line before it. */
function endRow(node: Node): number {
  return node.endPosition.column === 0 ? node.endPosition.row : node.endPosition.row + 1;
}

/** A body in braces begins on the signature's last line; one by indentation begins below it. */
function signatureEnd(place: Node, body: Node | null, { language }: Source, from: number, to: number): number {
  if (body === null) return Math.min(to, from + 2);
  const start = body.startPosition.row + 1;
  const end = language === "python" && start > place.startPosition.row + 1 ? start - 1 : start;
  return Math.min(to, Math.max(from, end), from + 11);
}

type Holder = { readonly type: string; readonly named: Node | null };

/** What the object of a member is given to: `Cart.prototype = { … }`, `extend(Cart.prototype, { … })`, `$.fn.extend({ … })`. */
function holderOf(member: Node, source: Source): Holder | null {
  if (member.type !== "pair" && member.type !== "method_definition") return null;
  const given = member.parent?.parent ?? null;
  if (member.parent?.type !== "object" || given === null) return null;
  if (given.type === "pair") return holderOf(given, source);
  if (given.type !== "arguments") return { type: given.type, named: given.childForFieldName("left") };
  const callee = given.parent?.childForFieldName("function") ?? null;
  // What describes a property is no property: `Object.defineProperty(app, "router", { get: function () { … } })`.
  if (callee === null || /^(?:Object|Reflect)\.(?:define|create)/.test(textOf(callee, source))) return null;
  const [first] = given.namedChildren;
  const target = first?.type === "object" ? callee.childForFieldName("object") : (first ?? null);
  const extended = /\b(?:extend|assign|mixin)$/.test(textOf(callee, source));
  return { type: given.parent?.parent?.type ?? "", named: extended ? target : null };
}

const holders = new Set([
  "assignment_expression",
  "variable_declarator",
  "expression_statement",
  "export_statement",
  "as_expression",
  "satisfies_expression",
]);

/** What a module gives away has no owner: `exports.total` is `total`. */
const unowned = /^(?:module\.exports|exports|this|self|window|globalThis|module)$/;

/** `Cart` of Go's receiver `(c *Cart[T])` and of JavaScript's `Cart.prototype`. */
function ownerOf(receiver: Node | null, source: Source): string | null {
  if (receiver === null) return null;
  const text = textOf(receiver, source);
  if (source.language === "go") return /(\w+)(?:\[[^\]]*\])?\s*\)$/.exec(text)?.[1] ?? null;
  const owner = text.replace(/\.prototype$/, "").replace(/^(?:module\.)?exports\./, "");
  return unowned.test(owner) || !/^[\w$]+(?:\.[\w$]+)*$/.test(owner) ? null : owner;
}

const functionValues = new Set(["arrow_function", "function_expression", "generator_function"]);

function isCode({ type }: Node): boolean {
  return functionValues.has(type) || type === "class";
}

/** `Cart = module.exports = function …` is that function. */
function assigned(value: Node | null): Node | null {
  return value?.type === "assignment_expression" ? assigned(value.childForFieldName("right")) : value;
}

type Site = { readonly source: Source; readonly line: number; readonly modifiers: string };

function kindOf(capture: string, name: string, value: Node | null, at: Site): SymbolKind {
  const { path, lines, language } = at.source;
  const known = kinds[capture] ?? "function";
  if (known === "constant" && value !== null && functionValues.has(value.type)) return "function";
  if (known === "constant" && value?.type === "class") return "class";
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

export function textOf(node: Node, { text }: Source): string {
  return text.slice(node.startIndex, node.endIndex);
}

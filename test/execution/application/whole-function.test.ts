import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../../../src/execution/application/apply-edits.ts";
import { findDefinitions } from "../../../src/wiring/find-definitions.ts";
import { inMemory } from "../memory-files.ts";

async function put(path: string, content: string, name: string, block: string) {
  const files = new Map([[path, content]]);
  const [outcome] = await applyEdits(
    inMemory(files),
    [{ kind: "function", path, name, content: block }],
    findDefinitions,
  );
  return { outcome, content: files.get(path) };
}

const js = `import x from "x";

/** Adds. */
export function add(a, b) {
  return a - b;
}

export class Cart {
  // The sum.
  total() {
    return 0;
  }

  static of(items) { return new Cart(items); }
}
export const double = (a) => {
  return a;
}; // twice
`;

const python = `import os

@cache
def add(a, b):
    return a - b

class Cart:
    @property
    def total(self):
        """The sum."""
        return 0

    def clear(self):
        pass
`;

describe("a whole function", () => {
  it.each([
    [
      "keeps `export` and the comment",
      "a.js",
      js,
      "add",
      "function add(a, b) {\n  return a + b;\n}\n",
      ["a - b", "a + b"],
    ],
    ["keeps one `export`", "a.js", js, "add", "export function add(a, b) {\n  return a + b;\n}\n", ["a - b", "a + b"]],
    [
      "takes the block's own comment instead of the old one",
      "a.js",
      js,
      "add",
      "/**\n * Sums.\n */\nexport function add(a, b) {\n  return a - b;\n}\n",
      ["/** Adds. */", "/**\n * Sums.\n */"],
    ],
    ["is indented as the file is", "a.js", js, "Cart.total", "total() {\n  return 1;\n}\n", ["return 0", "return 1"]],
    [
      "is found by the end of its name",
      "a.js",
      js,
      "total()",
      "    total() {\n      return 1;\n    }\n",
      ["return 0", "return 1"],
    ],
    [
      "is of one line",
      "a.js",
      js,
      "Cart#of",
      "static of(items) {\n  return 2;\n}\n",
      ["static of(items) { return new Cart(items); }", "static of(items) {\n    return 2;\n  }"],
    ],
    [
      "keeps what stands after it",
      "a.js",
      js,
      "double",
      "const double = (a) => {\n  return a * 2;\n};\n",
      ["return a;", "return a * 2;"],
    ],
    [
      "may be a class",
      "a.js",
      js,
      "Cart",
      "class Cart {\n  static of() {}\n  total() {}\n}",
      [
        js.slice(js.indexOf("class Cart"), js.indexOf("export const")),
        "class Cart {\n  static of() {}\n  total() {}\n}\n",
      ],
    ],
    ["keeps a decorator", "a.py", python, "add", "def add(a, b):\n    return a + b\n", ["a - b", "a + b"]],
    [
      "brings its decorator",
      "a.py",
      python,
      "total",
      "@property\ndef total(self):\n    return 1\n",
      ['"""The sum."""\n        return 0', "return 1"],
    ],
    [
      "brings its decorator of several lines",
      "a.py",
      "@app.route(\n    '/x)',\n)\n@cache\ndef f():\n    return 1\n\nx = 1\n",
      "f",
      "@app.route(\n    '/y)',\n)\n@cache\ndef f():\n    return 1\n",
      ["/x", "/y"],
    ],
    [
      "keeps a decorator of several lines",
      "a.py",
      "@app.route(\n    '/x',\n)\ndef f():\n    return 1\n",
      "f",
      "# Says.\ndef f():\n    return 2\n",
      ["def f():\n    return 1", "# Says.\ndef f():\n    return 2"],
    ],
    [
      "takes no code above for a comment",
      "a.js",
      "/* a */\nfoo(); /* x */\nfunction f() {}\n",
      "f",
      "/* b */\nfunction f() {}\n",
      ["function", "/* b */\nfunction"],
    ],
    [
      "may be the last",
      "a.py",
      python,
      "Cart.clear",
      "def clear(self):\n    self.items = []",
      ["        pass", "        self.items = []"],
    ],
    [
      "keeps Windows line ends",
      "a.js",
      js.replaceAll("\n", "\r\n"),
      "add",
      "function add(a, b) {\n  return a + b;\n}\n",
      ["a - b", "a + b"],
    ],
    [
      "keeps a byte order mark",
      "a.js",
      `\uFEFF${js}`,
      "add",
      "function add(a, b) {\n  return a + b;\n}\n",
      ["a - b", "a + b"],
    ],
    [
      "keeps a missing final newline",
      "a.go",
      "package a\n\nfunc Add() int { return 1 }",
      "Add",
      "func Add() int { return 2 }\n",
      ["1 }", "2 }"],
    ],
    [
      "keeps tabs",
      "a.go",
      "package a\n\nfunc (c *Cart) Add() int {\n\treturn 1\n}\n",
      "(*Cart).Add",
      "func (c *Cart) Add() int {\n    if true {\n        return 2\n    }\n    return 1\n}\n",
      ["\treturn 1", "\tif true {\n\t\treturn 2\n\t}\n\treturn 1"],
    ],
    [
      "is one of an impl in Rust",
      "a.rs",
      "struct A;\n\nimpl A {\n    pub fn go(&self) -> u8 { 1 }\n}\n",
      "A::go",
      "pub fn go(&self) -> u8 {\n    2\n}\n",
      ["{ 1 }", "{\n        2\n    }"],
    ],
    [
      "is one of a class in Java",
      "A.java",
      "class A {\n  @Override\n  int go() { return 1; }\n}\n",
      "A.go",
      "@Override\nint go() { return 2; }\n",
      ["1", "2"],
    ],
  ])("%s", async (_, path, before, name, block, [from, to]) => {
    const lines = before.includes("\r\n");
    const { outcome, content } = await put(path, before, name, block);
    expect(outcome).toMatchObject({ applied: true });
    expect(content).toBe(before.replace(from ?? "", lines ? (to ?? "").replaceAll("\n", "\r\n") : (to ?? "")));
  });

  it.each([
    [
      "that is not there",
      "a.js",
      js,
      "totals",
      "x() {}",
      "not-found",
      /nearest is Cart.total at line 10.*add, Cart, Cart.total/,
    ],
    [
      "that is there twice",
      "a.js",
      "class A { go() {} }\nclass B { go() {} }\n",
      "go",
      "go() {}",
      "ambiguous",
      /2 times: A.go \(line 1\), B.go \(line 2\)/,
    ],
    [
      "that shares its line",
      "a.js",
      "class A { go() {} stop() {} }\n",
      "go",
      "go() { return 1; }",
      "ambiguous",
      /shares a line/,
    ],
    ["of a file that nobody parses", "a.txt", "x\n", "go", "go() {}", "not-parsed", /SEARCH\/REPLACE/],
    ["by a block of nothing", "a.js", js, "add", "// nothing\n", "incomplete", /no code/],
    ["by a block that defines another", "a.js", js, "add", "function sum() {}\n", "incomplete", /does not define add/],
    [
      "by a block without its last bracket",
      "a.js",
      js,
      "add",
      "function add() {\n  if (a) {\n  return 1;\n}\n",
      "incomplete",
      /bracket/,
    ],
    [
      "by a block that brings another that is there",
      "a.js",
      js,
      "add",
      "function add() {}\nconst double = 1;\n",
      "incomplete",
      /double, which/,
    ],
    ["by itself", "a.js", js, "add", "export function add(a, b) {\n  return a - b;\n}\n", "nothing-to-do", /already/],
  ])("is refused for one %s", async (_, path, before, name, block, reason, message) => {
    const { outcome, content } = await put(path, before, name, block);
    expect(outcome).toMatchObject({ applied: false, failure: { reason, message: expect.stringMatching(message) } });
    expect(content).toBe(before);
  });

  it("never changes what it does not name", async () => {
    const name = fc.constantFrom("f0", "f1", "f2", "f3");
    const body = fc.array(fc.constantFrom("a();", "// {", "if (b) { c(); }", 'return "}";', "`\n  d\n`;", "{"), {
      maxLength: 4,
    });
    const end = fc.constantFrom("\n", "\r\n");
    const text = (of: string, lines: readonly string[]) =>
      `function ${of}() {\n${lines.map((line) => `  ${line}\n`).join("")}}`;
    await fc.assert(
      fc.asyncProperty(name, body, end, fc.boolean(), async (target, lines, mark, exported) => {
        const parts = ["f0", "f1", "f2", "f3"].map((each) => `${exported ? "export " : ""}${text(each, ["x();"])}\n\n`);
        const before = parts.join("").replaceAll("\n", mark);
        const { outcome, content } = await put("a.js", before, target, text(target, lines));
        const at = ["f0", "f1", "f2", "f3"].indexOf(target);
        const [head, tail] = [parts.slice(0, at), parts.slice(at + 1)].map((some) =>
          some.join("").replaceAll("\n", mark),
        );
        expect(content?.startsWith(head ?? "?")).toBe(true);
        expect(content?.endsWith(tail ?? "?")).toBe(true);
        if (outcome?.applied !== true) expect(content).toBe(before);
        if (lines.includes("{")) expect(outcome?.applied).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

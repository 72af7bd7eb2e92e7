import { describe, expect, it, vi } from "vitest";
import { type Language, languageOf } from "../../../../src/context/domain/code/language.ts";
import { parseSource } from "../../../../src/context/infrastructure/syntax/parse-source.ts";

async function parse(path: string, text: string) {
  const language: Language | null = languageOf(path);
  if (language === null) throw new Error(`${path} has no language`);
  const parsed = await parseSource(path, text, language);
  if (parsed === null) throw new Error(`${path} was given up`);
  return parsed;
}

const line = ({ kind, parent, name, from, to, calls }: Awaited<ReturnType<typeof parse>>["symbols"][number]) =>
  `${kind} ${parent === null ? "" : `${parent}.`}${name} ${from}-${to}${calls.length > 0 ? ` calls ${calls.join(" ")}` : ""}`;

const cases = [
  {
    path: "src/a.ts",
    text: `import { b } from "./b.js";
export { c } from "./c.ts";
export const limit = 3;
export const twice = (n: number) => b(n);
export type Id = string;
export interface Shape { area(): number }
enum Colour { Red }
export class Invoice<T> extends Base {
  #lines = [];
  total(): number { return sum(this.#lines).round(); }
  handler = () => twice(1);
}
function outer() { function inner() { return deep(); } return new Invoice(inner()); }
outer();
const late = await import("./late.js");
`,
    symbols: [
      "constant limit 3-3",
      "function twice 4-4 calls b",
      "type Id 5-5",
      "interface Shape 6-6",
      "enum Colour 7-7",
      "class Invoice 8-12",
      "method Invoice.total 10-10 calls round sum",
      "method Invoice.handler 11-11 calls twice",
      "function outer 13-13 calls Invoice deep inner",
      "constant late 15-15",
    ],
    imports: ["./b.js", "./c.ts", "./late.js"],
    calls: ["outer"],
  },
  {
    path: "src/view.tsx",
    text: `export function View() { return <Row onClick={() => go()}><Cell /></Row>; }\n`,
    symbols: ["function View 1-1 calls Cell Row go"],
    imports: [],
    calls: [],
  },
  {
    path: "test/a.test.js",
    text: `const { a } = require("../a");
describe("a", () => {
  it("adds", () => { expect(a(1)).toBe(2); });
  it.each([1])("adds %d", (n) => a(n));
  test.only(\`is 'odd'\`, () => {});
});
module.exports.helper = function () { return a(); };
`,
    symbols: [
      "test adds 3-3 calls a expect toBe",
      "test adds %d 4-4 calls a each",
      "test is 'odd' 5-5 calls only",
      "function helper 7-7 calls a",
    ],
    imports: ["../a"],
    calls: ["describe", "require"],
  },
  {
    path: "tests/test_shop.py",
    text: `import os.path as p, shop.cart
from ..shop import total, tax as t
LIMIT = 3

@fixture
def cart():
    return Cart()

class TestCart(Base):
    """doc"""
    def test_total(self):
        assert total(self.cart) == 3
    def helper(self): return t()
`,
    symbols: [
      "constant LIMIT 3-3",
      "function cart 6-7 calls Cart",
      "class TestCart 9-13",
      "test TestCart.test_total 11-12 calls total",
      "method TestCart.helper 13-13 calls t",
    ],
    imports: ["os.path", "shop.cart", "from ..shop import total, tax as t"],
    calls: ["fixture"],
  },
  {
    path: "shop/cart_test.go",
    text: `package shop

import (
	"testing"
	m "example.org/shop/money"
)

const Limit = 3

type Cart struct{ lines []Line }

func (c *Cart[T]) Total() int { return m.Round(sum(c.lines)) }

func TestTotal(t *testing.T) { c := Cart{}; c.Total() }
`,
    symbols: [
      "constant Limit 8-8",
      "type Cart 10-10",
      "method Cart.Total 12-12 calls Round sum",
      "test TestTotal 14-14 calls Cart Total",
    ],
    imports: ["testing", "example.org/shop/money"],
    calls: [],
  },
  {
    path: "src/CartTest.java",
    text: `package shop;
import static org.junit.Assert.*;
import shop.money.Money;

public class CartTest {
  enum Mode { A }
  interface Rule { int apply(Cart cart); }
  CartTest() { init(); }
  @Test
  void totals() { assertEquals(new Cart().total(), Money.of(3)); }
  int helper() { return 1; }
}
`,
    symbols: [
      "class CartTest 5-12",
      "enum CartTest.Mode 6-6",
      "interface CartTest.Rule 7-7",
      "method CartTest.Rule.apply 7-7",
      "method CartTest.CartTest 8-8 calls init",
      "test CartTest.totals 9-10 calls Cart assertEquals of total",
      "method CartTest.helper 11-11",
    ],
    imports: ["import static org.junit.Assert.*;", "import shop.money.Money;"],
    calls: [],
  },
  {
    path: "src/cart.rs",
    text: `use crate::money::{Money, round as r};
mod lines;
pub const LIMIT: u8 = 3;
pub struct Cart { lines: Vec<u8> }
pub trait Total { fn total(&self) -> u8; }
impl<T> Total for Cart<T> {
    fn total(&self) -> u8 { r(self.sum()) + lines::count() }
}
macro_rules! cart { () => {} }

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn totals() { assert_eq!(Cart { lines: vec![] }.total(), 0); }
    fn helper() {}
}
`,
    symbols: [
      "constant LIMIT 3-3",
      "type Cart 4-4",
      "trait Total 5-5",
      "method Total.total 5-5",
      "impl Cart 6-8",
      "method Cart.total 7-7 calls count r sum",
      "macro cart 9-9",
      "module tests 12-17",
      "test tests.totals 15-15 calls Cart assert_eq total vec",
      "method tests.helper 16-16",
    ],
    imports: ["crate::money::{Money, round as r}", "mod lines", "super::*"],
    calls: [],
  },
  {
    path: "lib/cart.js",
    text: `var Cart = module.exports = function Cart() {};
Cart.prototype.total = function () { return sum(this.lines); };
Cart.set = Cart.header = function header(name) {};
extend(Cart.prototype, { add: function (line) { push(line); }, open: true });
const proto = { inspect() {}, onError: (error) => { report(error); } };
getter(request, "secure", function secure() { return on(); });
Object.defineProperty(Cart, "size", { get: function () { return 0; } });
let one = 1, two = () => 2;
(function () { var inner = function () { deep(); }; })();
`,
    symbols: [
      "function Cart 1-1",
      "method Cart.total 2-2 calls sum",
      "method Cart.set 3-3",
      "method Cart.header 3-3",
      "method Cart.add 4-4 calls push",
      "constant proto 5-5",
      "method proto.inspect 5-5",
      "method proto.onError 5-5 calls report",
      "method request.secure 6-6 calls on",
      "constant one 8-8",
      "function two 8-8",
      "function inner 9-9 calls deep",
    ],
    imports: [],
    calls: ["defineProperty", "extend"],
  },
  {
    path: "lib/round/index.mjs",
    text: `export default (cents) => cents;
exports.Money = class extends Base { add() {} };
`,
    symbols: ["function round 1-1", "class Money 2-2", "method Money.add 2-2"],
    imports: [],
    calls: [],
  },
  {
    path: "shop/rates.py",
    text: `try:
    FAST = True
except ImportError:
    pass
LOW, HIGH = 1, 2
type Rate = int

@cached
@route(
    "/rates",
)
def rates():
    return []
`,
    symbols: ["constant FAST 2-2", "constant LOW 5-5", "constant HIGH 5-5", "type Rate 6-6", "function rates 9-13"],
    imports: [],
    calls: ["cached", "route"],
  },
  {
    path: "shop/errors.go",
    text: `package shop

var (
	ErrEmpty, ErrFull = New("empty"), New("full")
	_ error           = ErrEmpty
)
`,
    symbols: ["constant ErrEmpty 4-4 calls New", "constant ErrFull 4-4 calls New"],
    imports: [],
    calls: [],
  },
  {
    path: "src/Limits.java",
    text: `interface Limits {
  int MOST = 3;
  @interface Named { String value(); }
  record Range(int from) { Range { check(from); } }
  class Few { static final int LEAST = 1; private int own; }
  enum Mode { OPEN, SHUT { void go() {} } }
}
`,
    symbols: [
      "interface Limits 1-7",
      "constant Limits.MOST 2-2",
      "interface Limits.Named 3-3",
      "method Limits.Named.value 3-3",
      "class Limits.Range 4-4",
      "method Limits.Range.Range 4-4 calls check",
      "class Limits.Few 5-5",
      "constant Limits.Few.LEAST 5-5",
      "enum Limits.Mode 6-6",
      "constant Limits.Mode.SHUT 6-6",
    ],
    imports: [],
    calls: [],
  },
  {
    path: "src/runtime.rs",
    text: `// é: positions count characters
cfg_rt! {
    pub fn block_on() { assert!(enter(1)); }
    cfg_io! { impl fmt::Debug for a::Handle<'_> { fn fmt(&self) {} } }
}
impl<'a> From<u8> for &'a mut Handle { fn from() {} }
`,
    symbols: [
      "function block_on 3-3 calls assert enter",
      "impl Handle 4-4",
      "method Handle.fmt 4-4",
      "impl Handle 6-6",
      "method Handle.from 6-6",
    ],
    imports: [],
    calls: ["cfg_io", "cfg_rt"],
  },
] as const;

describe("a grammar", () => {
  it.each(cases)("finds what $path defines, imports and calls", async ({ path, text, symbols, imports, calls }) => {
    const parsed = await parse(path, text);
    expect(parsed.symbols.map(line)).toEqual(symbols);
    expect(parsed.imports).toEqual(imports);
    expect(parsed.calls).toEqual(calls);
    expect(parsed.faulty).toBe(false);
  });

  it("ends a signature where the body begins", async () => {
    const { symbols } = await parse("a.py", "def f(\n    a,\n    b,\n):\n    return a\n");
    expect(symbols).toMatchObject([{ from: 1, signatureTo: 4, to: 5 }]);
    const script = await parse("a.ts", "export function f(\n  a: number,\n): void {\n  go();\n}\n");
    expect(script.symbols).toMatchObject([{ from: 1, signatureTo: 3, to: 5 }]);
  });

  it.each([
    [
      "Java",
      "CartTest.java",
      "class CartTest extends TestCase {\n  public void testAdds() {}\n  void testify() {}\n}",
      ["testAdds"],
    ],
    ["Java", "Cart.java", "class Cart {\n  public void testAdds() {}\n}", []],
    ["Rust", "a.rs", "#[maybe_tokio_test]\nasync fn adds() {}\n#[cfg(test)]\nfn helper() {}\n", ["adds"]],
    ["Java", "T.java", 'class T {\n  @DisplayName("x")\n  @Test\n  void a() {}\n  @Testing void b() {}\n}', ["a"]],
    ["Rust", "t.rs", "#[tokio::test]\n// why\n#[ignore]\nasync fn a() {}\n\nfn b() {}", ["a"]],
  ])("knows a test of %s by its mark, also among others", async (_, path, text, tests) => {
    const { symbols } = await parse(path, text);
    expect(symbols.filter(({ kind }) => kind === "test").map(({ name }) => name)).toEqual(tests);
  });

  it("keeps what it understands of a broken file", async () => {
    const parsed = await parse("a.ts", "function good() { return 1; }\nfunction bad( { {{{\n");
    expect(parsed.faulty).toBe(true);
    expect(parsed.symbols.map(({ name }) => name)).toContain("good");
  });

  it("gives up where to find what a file defines would take too long", async () => {
    // To parse it takes 7 s at this clock, and to look for definitions more than the 3 that are left.
    let now = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => {
      now += 15;
      return now;
    });
    try {
      expect(await parseSource("deep.ts", "(".repeat(50_000), "typescript")).toBeNull();
    } finally {
      clock.mockRestore();
    }
    expect((await parse("a.ts", "function after() {}")).symbols).toHaveLength(1);
  });

  it("bears nothing, nesting and what is no code at all", async () => {
    expect((await parse("a.go", "")).symbols).toEqual([]);
    const deep = await parseSource("deep.js", `${"(".repeat(20_000)}1${")".repeat(20_000)}`, "javascript");
    expect(deep?.symbols ?? []).toEqual([]);
    expect((await parse("a.rs", "\u0000\ufffd😀 \u202e".repeat(500))).symbols).toEqual([]);
    // And it still works afterwards.
    expect((await parse("b.js", "function after() {}")).symbols).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { createFileIndex } from "../../../../src/context/domain/code/file-index.ts";
import type { Language } from "../../../../src/context/domain/code/language.ts";
import { packageNames } from "../../../../src/context/domain/code/package-names.ts";
import { resolveImport } from "../../../../src/context/domain/code/resolve-imports.ts";

const manifests = [
  { path: "go.mod", text: "module example.org/shop\n" },
  { path: "tools/go.mod", text: "module example.org/shop/tools\n" },
  { path: "web/package.json", text: '{ "name": "@shop/web" }' },
  { path: "crates/money/Cargo.toml", text: '[package]\nedition = "2021"\nname = "shop-money"\n' },
];
const paths = [
  ...manifests.map(({ path }) => path),
  "src/a.ts",
  "src/b.tsx",
  "src/c/index.ts",
  "web/src/index.js",
  "web/styles.js",
  "py/shop/__init__.py",
  "py/shop/cart.py",
  "py/shop/tax/rates.py",
  "cart/cart.go",
  "cart/cart_test.go",
  "tools/gen/gen.go",
  "app/src/main/java/shop/Cart.java",
  "app/src/main/java/shop/Money.java",
  "src/lib.rs",
  "src/cart.rs",
  "src/money/mod.rs",
  "src/money/round.rs",
  "crates/money/src/lib.rs",
];
const tree = { index: createFileIndex(paths), packages: packageNames(manifests) };

const cases: readonly (readonly [Language, string, string, readonly string[]])[] = [
  ["typescript", "src/x.ts", "./a.js", ["src/a.ts"]],
  ["typescript", "src/x.ts", "./a", ["src/a.ts"]],
  ["typescript", "src/x.ts", "./b.js", ["src/b.tsx"]],
  ["typescript", "src/x.ts", "./c", ["src/c/index.ts"]],
  ["typescript", "src/c/index.ts", "..", []],
  ["typescript", "web/x.ts", "@/a", ["src/a.ts"]],
  ["javascript", "src/x.js", "@shop/web", ["web/src/index.js"]],
  ["javascript", "src/x.js", "@shop/web/styles.js", ["web/styles.js"]],
  ["javascript", "src/x.js", "react", []],
  ["javascript", "src/x.js", "../../../etc/passwd", []],
  ["python", "py/shop/x.py", "from . import cart", ["py/shop/__init__.py", "py/shop/cart.py"]],
  ["python", "py/shop/x.py", "from .tax.rates import (low as l,\n high)", ["py/shop/tax/rates.py"]],
  ["python", "py/shop/tax/rates.py", "from ..cart import Cart", ["py/shop/cart.py"]],
  ["python", "main.py", "shop.cart", ["py/shop/cart.py"]],
  ["python", "main.py", "os.path", []],
  ["go", "main.go", "example.org/shop/cart", ["cart/cart.go"]],
  ["go", "main.go", "example.org/shop/tools/gen", ["tools/gen/gen.go"]],
  ["go", "main.go", "fmt", []],
  ["java", "X.java", "import shop.Cart;", ["app/src/main/java/shop/Cart.java"]],
  ["java", "X.java", "import static shop.Money.round;", ["app/src/main/java/shop/Money.java"]],
  ["java", "X.java", "import shop.*;", ["app/src/main/java/shop/Cart.java", "app/src/main/java/shop/Money.java"]],
  ["java", "X.java", "import java.util.List;", []],
  ["rust", "src/lib.rs", "mod cart", ["src/cart.rs"]],
  ["rust", "src/lib.rs", "mod money", ["src/money/mod.rs"]],
  [
    "rust",
    "src/cart.rs",
    "crate::money::{self, round::{half, up}}",
    ["src/money/mod.rs", "src/money/round.rs", "src/money/round.rs"],
  ],
  ["rust", "src/money/round.rs", "super::super::cart::Cart", ["src/cart.rs"]],
  ["rust", "src/cart.rs", "shop_money::Money as M", ["crates/money/src/lib.rs"]],
  ["rust", "src/cart.rs", "std::fmt", []],
];

describe("an import", () => {
  it.each(cases)("of %s in %s: %j is %j", (language, path, written, files) =>
    expect(resolveImport(written, { path, language }, tree)).toEqual(files),
  );
});

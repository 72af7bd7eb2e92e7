import { expect, it } from "vitest";
import { isTestPath } from "../../../../src/context/domain/code/test-path.ts";

it.each([
  ["test/cart.py", true],
  ["tests/helpers.py", true],
  ["shop/tests/test_cart.py", true],
  ["shop/test_cart.py", true],
  // What others test with.
  ["django/test/testcases.py", false],
  ["django/test/test_utils.py", true],
  ["numpy/testing/utils.py", false],
  ["testing/run.py", true],
  ["src/testing/bed.ts", false],
  ["src/test/java/shop/Carts.java", true],
  ["src/main/java/shop/CartTest.java", true],
  ["cart/cart_test.go", true],
  ["src/cart.ts", false],
])("%s holds tests: %s", (path, holds) => expect(isTestPath(path)).toBe(holds));

import assert from "node:assert/strict";
import { test } from "node:test";
import { larger } from "../src/larger.js";

test("the first of two discounts is taken where it is the larger one", () => {
  assert.equal(larger(9, 4), 9);
  assert.equal(larger(-1, -2), -1);
});

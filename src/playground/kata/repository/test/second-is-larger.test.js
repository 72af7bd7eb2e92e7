import assert from "node:assert/strict";
import { test } from "node:test";
import { larger } from "../src/larger.js";

test("the second of two discounts is taken where it is the larger one", () => {
  assert.equal(larger(2, 7), 7);
  assert.equal(larger(-2, -1), -1);
});

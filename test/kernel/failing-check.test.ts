import { expect, test } from "vitest";
import { failingCheck, failingCheckSchema } from "../../src/kernel/failing-check.ts";

const check = { name: "lint", tests: [], summary: "It failed.", output: "" };

test("what failed is told from the first line that tells why", () => {
  const output = "> shop@1.0.0 lint\n> biome check\n\n\nsrc/a.ts:3 error: unused x\n  3 | const x\n";
  expect(failingCheck("council", "7-12-p1-t1-r1-c1", { ...check, output }).why).toBe(
    "It failed.\nsrc/a.ts:3 error: unused x\n  3 | const x",
  );
});

test("and from its start where no line does", () => {
  expect(failingCheck("github", "a".repeat(40), { ...check, output: "one\ntwo" }).why).toBe("It failed.\none\ntwo");
});

test("of a check without end only so much is kept as its schema takes", () => {
  const long = "x".repeat(10_000);
  const tests = Array.from({ length: 100 }, () => long);
  const kept = failingCheck("github", long, { name: long, tests, summary: long, output: long });
  expect(failingCheckSchema.parse(kept)).toEqual(kept);
  expect(kept.tests).toHaveLength(10);
});

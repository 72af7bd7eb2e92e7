import fc from "fast-check";
import { expect, it } from "vitest";
import { fitToModel } from "../../../src/context/application/fit-to-model.ts";
import type { Assembled } from "../../../src/context/domain/assemble-context.ts";
import { type Budget, budgetOf } from "../../../src/context/domain/context.ts";

/** A context of as many words as its limit; each is one token of the estimate, and less than 3 are too few. */
function build(budget: Budget): Assembled {
  if (budget.limit < 3) return { kind: "too-small", least: 4 };
  const text = "word ".repeat(budget.limit);
  const context = {
    role: "developer",
    phase: "build",
    commit: "c1",
    hash: "h",
    text,
    blocks: [],
    leftOut: [],
    redacted: [],
  } as const;
  return { kind: "context", context: { ...context, budget, tokens: budget.limit } };
}

it("is within the budget as the model counts, whatever its tokenizer is like", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.2, max: 9, noNaN: true }),
      fc.integer({ min: 0, max: 50 }),
      fc.oneof(fc.integer({ min: -5, max: 30 }), fc.integer({ min: 100, max: 100_000 })),
      async (perWord, more, budget) => {
        const count = async (text: string) => Math.ceil((text.length / 5) * perWord) + more;
        const assembled = await fitToModel(build, budget, count);
        if (assembled.kind === "context") {
          expect(await count(assembled.context.text)).toBe(assembled.context.modelTokens);
          expect(assembled.context.modelTokens).toBeLessThanOrEqual(budget);
        } else expect(budget).toBeLessThan(4 * 9 + 50 + 30);
      },
    ),
    { numRuns: 200 },
  );
});

it("uses what the estimate's margin would leave", async () => {
  const assembled = await fitToModel(build, 1_000, async (text) => text.length / 5);
  expect(assembled).toMatchObject({ context: { modelTokens: 990 } });
});

it.each([[undefined], [async () => null]])("keeps the margin where nobody counts: %s", async (count) => {
  const assembled = await fitToModel(build, 1_000, count);
  expect(assembled).toEqual(build(budgetOf(1_000)));
});

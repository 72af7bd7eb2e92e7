import fc from "fast-check";
import { expect, it } from "vitest";
import { fitTextToModel, fitToModel } from "../../../src/context/application/fit-to-model.ts";
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

it("asks about a dozen times at most, and never for more than it knows to be too much", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.integer({ min: 0, max: 9 }),
      async (more, told) => {
        const asked: number[] = [];
        // A tokenizer that finds more tokens each time, and a host that goes away.
        const assembled = await fitToModel(build, 8_000, async (text) => {
          asked.push(text.length / 5);
          return asked.length > told ? null : 8_001 * (1 + more);
        });
        expect(asked.length).toBeLessThanOrEqual(14);
        if (assembled.kind === "context" && told > 0)
          expect(assembled.context.tokens).toBeLessThan(Math.min(7_200, ...asked.slice(0, told)));
      },
    ),
  );
});

it("keeps a text within the budget, too, and takes none where nothing fits", async () => {
  const words = ({ limit }: Budget): string => (limit < 3 ? "" : "word ".repeat(limit));
  expect((await fitTextToModel(words, 100, async (text) => (text.length / 5) * 2)).length / 5).toBe(49);
  expect(await fitTextToModel(words, 100, undefined)).toBe(words(budgetOf(100)));
  expect(await fitTextToModel(words, 2, async () => 1)).toBe("");
});

import { expect, it } from "vitest";
import type { Candidate } from "../../../src/context/domain/code/choose-code.ts";
import { budgetOf, type Context } from "../../../src/context/domain/context.ts";
import { codeBlock, shownName } from "../../../src/context/domain/render-blocks.ts";
import { contextFromText, contextToText } from "../../../src/context/infrastructure/context-text.ts";

function placed(line: number, isMain: boolean) {
  const lines = { from: line, to: line };
  const candidate: Candidate = {
    entry: {
      key: `src/a.ts#f${line}`,
      path: "src/a.ts",
      test: false,
      symbol: { name: `f${line}`, kind: "function", parent: null, ...lines, signatureTo: line },
    },
    ...{ score: 1, distance: null, why: [], isMain, isNamed: false, symbol: `f${line}`, kind: "function" },
    forms: { body: lines, outline: lines, line: lines },
  };
  return { candidate, form: "outline" as const, lines, tokens: 2 };
}

it("every line of a block says which nodes it is of, also those of an outline, and is kept so", () => {
  const block = codeBlock("code", "Code", [placed(1, true), placed(2, false), placed(4, false)], {
    commit: "c1",
    linesOf: () => ["one", "two", "three", "four"],
    countTokens: (text) => text.length,
  });
  expect(block?.pieces.map(({ node, holds, lines }) => ({ node, holds, lines }))).toEqual([
    { node: "src/a.ts#f1", holds: undefined, lines: [{ from: 1, to: 1 }] },
    {
      node: "src/a.ts",
      holds: ["src/a.ts#f2", "src/a.ts#f4"],
      lines: [
        { from: 2, to: 2 },
        { from: 4, to: 4 },
      ],
    },
  ]);
  const context: Context = {
    ...{ role: "developer", phase: "build", commit: "c1", budget: budgetOf(2_000), tokens: 9, hash: "h", text: "t" },
    ...{ blocks: block === null ? [] : [block], leftOut: [], redacted: [] },
  };
  expect(contextFromText(contextToText(context))).toEqual(context);
});

it("a name is shown on one line, and else as it is: two spaces in it are two", () => {
  expect(shownName("src/my  cart\n\t.ts")).toBe("src/my  cart .ts");
});

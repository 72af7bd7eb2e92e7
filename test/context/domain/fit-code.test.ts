import { expect, it } from "vitest";
import type { Candidate } from "../../../src/context/domain/code/choose-code.ts";
import { fitCode } from "../../../src/context/domain/fit-code.ts";

/** A function of one line in a file of functions; what stands first scores most. */
function candidate(path: string, line: number, test: boolean, score: number): Candidate {
  const lines = { from: line, to: line };
  return {
    entry: {
      key: `${path}#f${line}`,
      path,
      test,
      symbol: { name: `f${line}`, kind: "function", parent: null, ...lines, signatureTo: line },
    },
    ...{
      score,
      distance: null,
      why: ["terms: f"],
      isMain: false,
      isNamed: false,
      symbol: `f${line}`,
      kind: "function",
    },
    forms: { body: lines, outline: lines, line: lines },
  };
}

const lineOf = (line: number): string => `function f${line}() { return the sum of all that was said so far; }`;
const linesOf = () => Array.from({ length: 100 }, (_, at) => lineOf(at + 1));
const countTokens = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

function placed(candidates: readonly Candidate[], room: number) {
  const fitting = fitCode(candidates, { linesOf, countTokens, frameOf: (path) => path, room });
  return fitting.placed().map(({ candidate: { entry } }) => (entry.test ? "test" : "code"));
}

it("leaves room for the code where the tests that say a text's words are many", () => {
  const tests = Array.from({ length: 60 }, (_, at) => candidate("test/a.test.ts", at + 1, true, 2 - at / 100));
  const code = Array.from({ length: 4 }, (_, at) => candidate("src/a.ts", at + 1, false, 1 - at / 100));
  const shown = placed([...tests, ...code], 300);
  expect(shown.filter((each) => each === "code")).toHaveLength(4);
  expect(shown.filter((each) => each === "test").length).toBeGreaterThan(5);
});

it("shows what the text names whole, before the lines of all else", () => {
  const others = Array.from({ length: 60 }, (_, at) => candidate("src/a.ts", at + 1, false, 2 - at / 100));
  const lines = { from: 70, to: 80 };
  const long = {
    ...candidate("src/a.ts", 70, false, 1),
    isMain: true,
    forms: { body: lines, outline: lines, line: lines },
  };
  const bodies = (named: boolean) =>
    fitCode([...others, { ...long, isNamed: named }], { linesOf, countTokens, frameOf: (path) => path, room: 400 })
      .placed()
      .filter(({ form, candidate: { isMain } }) => isMain && form === "body").length;
  expect([bodies(false), bodies(true)]).toEqual([0, 1]);
});

it("shows the best of what the text names whole, where it takes most of the room", () => {
  const whole = (from: number, to: number, score: number): Candidate => {
    const lines = { from, to };
    const own = candidate("src/a.ts", from, false, score);
    return { ...own, isMain: true, isNamed: true, forms: { body: lines, outline: lines, line: { from, to: from } } };
  };
  const forms = (room: number) =>
    fitCode([whole(1, 20, 2), whole(40, 59, 1)], { linesOf, countTokens, frameOf: (path) => path, room })
      .placed()
      .map(({ form }) => form);
  const tokens = 20 * countTokens(lineOf(1));
  expect(forms(tokens / 0.7)).toEqual(["body", "outline"]);
  expect(forms(tokens)).toEqual(["outline", "outline"]);
});

it("gives tests what code leaves", () => {
  const tests = Array.from({ length: 60 }, (_, at) => candidate("test/a.test.ts", at + 1, true, 2 - at / 100));
  const room = 300;
  const perLine = countTokens(lineOf(1)) + 6;
  expect(placed(tests, room).length).toBeGreaterThan((0.8 * room) / perLine);
});

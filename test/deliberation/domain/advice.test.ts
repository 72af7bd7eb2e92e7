import { describe, expect, it } from "vitest";
import { type AdviceSeat, strayRemarks, weightiest } from "../../../src/deliberation/domain/advice.ts";
import { mostFindings, type Remark } from "../../../src/deliberation/domain/critique/finding.ts";

const seat = (role: AdviceSeat["role"], ...texts: readonly string[]): AdviceSeat => ({
  role,
  model: "m",
  findings: texts.map((text, at) => ({
    text,
    evidence: { kind: "line", path: "src/a.js", line: at + 1 },
    replacement: null,
  })),
  dropped: 0,
  missing: null,
});
const texts = (...seats: readonly AdviceSeat[]) => weightiest(seats).map(({ role, text }) => `${role} ${text}`);

describe("what is worth a person's time", () => {
  it("is the weightiest of each role in turn, and no more than five", () => {
    expect(texts(seat("architect", "a1", "a2", "a3", "a4", "a5"), seat("qa", "q1"))).toEqual([
      "architect a1",
      "qa q1",
      "architect a2",
      "architect a3",
      "architect a4",
    ]);
    expect(texts(seat("architect", "a1", "a2", "a3", "a4"), seat("qa", "q1", "q2", "q3"))).toHaveLength(mostFindings);
  });

  it("says what two roles say of one place once", () => {
    expect(texts(seat("architect", "It fails."), seat("qa", "it FAILS."))).toEqual(["architect It fails."]);
    expect(texts(seat("architect"), seat("qa"))).toEqual([]);
  });
});

const diff = "diff --git a/src/a.js b/src/a.js\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1,2 +1,2 @@\n-old\n+new\n last\n";
const remark = (change: Partial<Remark>): Remark => ({
  problem: "It fails.",
  check: null,
  test: null,
  file: "src/a.js",
  line: 1,
  lastLine: null,
  replacement: null,
  ...change,
});

it.each<[string, Partial<Remark>, readonly string[]]>([
  ["a line of the change", {}, []],
  ["a line beside it, with git's prefix", { file: "b/src/a.js", line: 2 }, []],
  ["no line", { line: null }, ["Finding 1 names no file and line."]],
  ["no file", { file: null }, ["Finding 1 names no file and line."]],
  ["a line far off", { line: 9 }, ["Finding 1: the change does not show line 9 of src/a.js."]],
  ["another file", { file: "src/b.js" }, ["Finding 1: the change does not show line 1 of src/b.js."]],
])("a remark on %s", (_, change, problems) => {
  expect(strayRemarks([remark(change)], diff)).toEqual(problems);
});

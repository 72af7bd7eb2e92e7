import { describe, expect, it } from "vitest";
import { type CheckResult, plainCheck } from "../../../../src/deliberation/domain/check-result.ts";
import {
  critiqueFindingSchema,
  evidenceText,
  mostFindings,
  type Remark,
  weighRemarks,
} from "../../../../src/deliberation/domain/critique/finding.ts";

const diff = "diff --git a/src/a.js b/src/a.js\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1,2 +1,2 @@\n-old\n+new\n last\n";
const acceptance: CheckResult = {
  ...plainCheck("acceptance", "failed", "1 of 2 acceptance tests pass"),
  failing: ["criterion 2: expected 3 to equal 4"],
};
const checks = [
  plainCheck("applies", "passed", "Every edit applies."),
  plainCheck("lint", "failed", "2 problems"),
  plainCheck("regressions", "passed", "All 4 existing tests pass."),
  acceptance,
  plainCheck("policy", "not-run", "…"),
];

const remark = (changes: Partial<Remark>): Remark => ({
  problem: "It forgets cancelled bookings.",
  check: null,
  test: null,
  file: null,
  line: null,
  lastLine: null,
  replacement: null,
  ...changes,
});
const weigh = (...remarks: readonly Partial<Remark>[]) => weighRemarks(remarks.map(remark), { checks, diff });

describe("a finding counts", () => {
  it.each<[string, Partial<Remark>, string]>([
    ["with a check that failed", { check: "lint" }, "lint"],
    [
      "with a test that failed",
      { check: "acceptance", test: "criterion 2" },
      "acceptance: criterion 2: expected 3 to equal 4",
    ],
    [
      "with a failing test whose check is not named",
      { test: "expected 3" },
      "acceptance: criterion 2: expected 3 to equal 4",
    ],
    ["with an added line of the diff", { file: "src/a.js", line: 1 }, "src/a.js:1"],
    ["with a line beside the change", { file: "./src/a.js", line: 2 }, "src/a.js:2"],
    ["with git's prefix before the path", { file: "b/src/a.js", line: 1 }, "src/a.js:1"],
    ["with a line, where the check it names passed", { check: "regressions", file: "src/a.js", line: 1 }, "src/a.js:1"],
    ["with a failed check, where the line does not exist", { check: "lint", file: "src/a.js", line: 9 }, "lint"],
  ])("%s", (_, changes, evidence) => {
    const { findings, dropped } = weigh(changes);
    expect(dropped).toBe(0);
    expect(findings.map(evidenceText)).toEqual([evidence]);
    for (const finding of findings) expect(critiqueFindingSchema.safeParse(finding).success).toBe(true);
  });
});

describe("a finding is dropped and counted", () => {
  it.each<[string, Partial<Remark>]>([
    ["without evidence", {}],
    ["with a check that passed", { check: "regressions" }],
    ["with a check that was not run", { check: "policy" }],
    ["with a check that the candidate does not have", { check: "size" }],
    ["with a test that did not fail", { check: "acceptance", test: "criterion 1" }],
    ["with a test that failed in another check", { check: "lint", test: "criterion 2" }],
    ["with a name that every test holds", { test: "i" }],
    ["with a blank name and no check", { test: "  " }],
    ["with a line outside of the diff", { file: "src/a.js", line: 3 }],
    ["with a line of another file", { file: "src/b.js", line: 1 }],
    ["with a file and no line", { file: "src/a.js" }],
    ["with a line and no file", { line: 1 }],
    ["without words", { problem: " \n", check: "lint" }],
  ])("%s", (_, changes) => {
    expect(weigh(changes)).toEqual({ findings: [], dropped: 1 });
  });

  it("said twice, and beyond the most", () => {
    const line = { file: "src/a.js", line: 1 };
    expect(weigh(line, { ...line, problem: "It forgets  CANCELLED bookings." })).toMatchObject({ dropped: 1 });
    const many = Array.from({ length: mostFindings + 3 }, (_, at) => ({ ...line, problem: `Problem ${at}` }));
    const { findings, dropped } = weigh(...many);
    expect([findings.length, dropped]).toEqual([mostFindings, 3]);
  });
});

it("a long finding is cut, on one line", () => {
  const [finding] = weigh({ check: "lint", problem: `a\nb ${"x".repeat(1_000)}` }).findings;
  expect(finding?.text).toHaveLength(300);
  expect(finding?.text).toMatch(/^a b x/);
});

describe("a replacement", () => {
  it("goes with a finding on a line, for the line as the diff names it", () => {
    const { findings } = weigh({ file: "./src/a.js", line: 1, replacement: ["newer"] });
    expect(findings[0]?.replacement).toEqual({ path: "src/a.js", from: 1, to: 1, text: "newer" });
  });

  it("goes with no finding that rests on a check, and one that is not kept takes no finding with it", () => {
    const { findings, dropped } = weigh(
      { check: "lint", file: "src/a.js", line: 1, replacement: ["newer"] },
      { file: "src/a.js", line: 1, replacement: ["new"], problem: "It is the same." },
    );
    expect(findings.map(({ replacement }) => replacement)).toEqual([null, null]);
    expect(dropped).toBe(0);
  });

  it("is absent in what an earlier version saved", () => {
    const old = { text: "It is.", evidence: { kind: "check", check: "lint", test: null } };
    expect(critiqueFindingSchema.parse(old).replacement).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import {
  acceptancePlace,
  isAcceptancePath,
  namedTests,
  readAcceptancePath,
} from "../../../src/deliberation/domain/acceptance-path.ts";
import { isAssertion, regressions, resultsOf } from "../../../src/deliberation/domain/test-verdicts.ts";

describe("the place of an acceptance test", () => {
  it.each([
    [["test/a.test.js"], "test/story-3-criterion-2.test.js", "test/a.test.js"],
    [["src/a.ts", "src/a.spec.ts"], "src/story-3-criterion-2.spec.ts", "src/a.spec.ts"],
    [["a.test.mjs"], "story-3-criterion-2.test.mjs", "a.test.mjs"],
    [["tests/test_a.py"], "tests/test_story_3_criterion_2.py", "tests/test_a.py"],
    [["pkg/a_test.go"], "pkg/story_3_criterion_2_test.go", "pkg/a_test.go"],
    [["spec/a_spec.rb"], "spec/story_3_criterion_2_spec.rb", "spec/a_spec.rb"],
    [["tests/a.rs"], "tests/story-3-criterion-2.rs", "tests/a.rs"],
    [["test/story-3-criterion-1.test.js", "package.json"], "test/story-3-criterion-2.test.js", null],
    [["pyproject.toml"], "tests/test_story_3_criterion_2.py", null],
  ])("beside %j is %s", (paths, path, example) => {
    const isTest = (each: string): boolean => /test|spec/.test(each);
    expect(acceptancePlace(paths, isTest, 3, 2)).toEqual({ path, example });
    expect(readAcceptancePath(path)).toEqual({ story: 3, criterion: 2 });
  });

  it("is nowhere in a project that nothing is known of", () => {
    expect(acceptancePlace(["README.md"], () => false, 3, 2)).toBeNull();
  });

  it("is told from other tests", () => {
    expect(["test/a.test.js", "story.md", "test/history-3-criterion.js"].some(isAcceptancePath)).toBe(false);
  });
});

const test = (name: string, verdict: "pass" | "fail" | "skipped", file: string | null = null) => ({
  name,
  verdict,
  file,
  reason: null,
});

describe("the tests that a criterion names", () => {
  const paths = ["src/clamp.js", "test/clamp.test.js", "test/clamp.test.js.snap", "web/test/clamp.test.js"];
  const isTest = (path: string) => path.includes("test/");
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["as `test/clamp.test.js` checks", ["test/clamp.test.js"]],
    ["as ./test/clamp.test.js checks", ["test/clamp.test.js"]],
    ["see test/clamp.test.js.", ["test/clamp.test.js"]],
    ["see [the test](test/clamp.test.js), please", ["test/clamp.test.js"]],
    ["**web/test/clamp.test.js** and test/clamp.test.js", ["test/clamp.test.js", "web/test/clamp.test.js"]],
    ["`src/clamp.js` keeps a number within limits", []],
    ["test/other.test.js, clamp.test.js and my/test/clamp.test.js", []],
    ["", []],
  ];
  it.each(cases)("%j: %j", (text, named) => expect(namedTests(text, paths, isTest)).toEqual(named));
});

describe("verdicts", () => {
  it("belong to a file by the runner's word or by the name", () => {
    const tests = [
      test("x", "pass", "test/a.js"),
      test("test/a.js > y", "pass"),
      test("z", "pass", "/w/test/a.js"),
      test("o", "pass", "b.js"),
    ];
    expect(resultsOf(tests, "test/a.js").map(({ name }) => name)).toEqual(["x", "test/a.js > y", "z"]);
  });

  it("are regressions when something breaks or is gone, not when it was broken before", () => {
    const before = { failing: ["old"], passing: ["kept", "deleted", "broken", "off"] };
    const after = [
      test("old", "fail"),
      test("kept", "pass"),
      test("broken", "fail"),
      test("new", "fail"),
      test("off", "skipped"),
      test("new and off", "skipped"),
    ];
    expect(regressions(before, after)).toEqual(["broken", "new", "deleted (is gone)", "off (is skipped)"]);
  });

  it.each([
    ["expected 1 to equal 2", true],
    ["AssertionError: no", true],
    ["false !== true", true],
    ["-1 == 3", true],
    ["SyntaxError: The requested module does not provide an export named 'expect'", false],
    ["Cannot find module 'x' (expected)", false],
    ["timeout", false],
    [null, false],
  ])("%j is an assertion: %s", (reason, is) => expect(isAssertion(reason)).toBe(is));
});

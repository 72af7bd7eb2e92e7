import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TestResult } from "../../../../../src/execution/domain/check-matrix.ts";
import { readTestReport, recognizeReport } from "../../../../../src/execution/domain/checks/reports/test-reports.ts";

const root = "/worktree";
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8");
const lines = (tests: readonly TestResult[] | null) =>
  tests?.map(({ name, verdict, reason }) => [verdict, name, ...(reason === null ? [] : [reason])].join(" | ")).sort();

describe("what real runners wrote", () => {
  it("pytest: classes, parameters, fixtures that fail, a module that cannot be imported", () => {
    expect(lines(readTestReport("pytest", fixture("pytest.xml"), root))).toEqual([
      "fail | tests/test_a.py > TestCase > test_case | AssertionError: 1 != 2",
      expect.stringMatching(
        /^fail \| tests\/test_a\.py > test_errors \| failed on setup with "KeyError: 'no such thing'"/,
      ),
      expect.stringMatching(/^fail \| tests\/test_a\.py > test_fails \| AssertionError: two is .*not.* three/),
      expect.stringMatching(/^fail \| tests\/test_a\.py > test_many\[<y>\] \| AssertionError: assert '<y>' == 'x'/),
      "fail | tests/test_broken.py | ModuleNotFoundError: No module named 'absent_module'",
      "pass | tests/test_a.py > TestGroup > test_inside",
      "pass | tests/test_a.py > test_many[x]",
      "pass | tests/test_a.py > test_passes",
      "skipped | tests/test_a.py > test_skipped",
    ]);
  });

  it("Surefire: several documents, one after the other", () => {
    expect(lines(readTestReport("maven", fixture("surefire.xml"), root))).toEqual([
      "fail | ex.CalcTest > adds | sum expected:<3> but was:<-1>",
      "fail | ex.CalcTest > raises | no such thing",
      "pass | ex.CalcTest > zero",
      "pass | ex.OtherTest > zero",
      "skipped | ex.CalcTest > later",
    ]);
  });

  it("go test -json: subtests, a panic, a package that does not build", () => {
    expect(lines(readTestReport("go", fixture("go.jsonl"), root))).toEqual([
      "fail | ex.org/calc > TestAround | a_test.go:14: around it",
      "fail | ex.org/calc > TestFails | a_test.go:6: got 2, want 3",
      "fail | ex.org/calc > TestTable > two_of_two | a_test.go:10: two",
      "fail | ex.org/calc/b > TestPanics | panic: assignment to entry in nil map [recovered, repanicked]",
      "fail | ex.org/calc/c | c/c_test.go:5:28: undefined: undefinedThing",
      "pass | ex.org/calc > TestAround > fine",
      "pass | ex.org/calc > TestPasses",
      "pass | ex.org/calc > TestTable > one",
      "skipped | ex.org/calc > TestSkips",
    ]);
  });

  it("cargo test: unit, integration and doc tests", () => {
    expect(lines(readTestReport("cargo", fixture("cargo.txt"), root))).toEqual([
      'fail | src/lib.rs > tests::errs | Error: "no such thing"',
      "fail | src/lib.rs > tests::fails | assertion `left == right` failed: two is not three\n  left: 2\n right: 3",
      "fail | src/lib.rs > tests::panics | said before\nnote: test did not panic as expected at src/lib.rs:16:8",
      "pass | doc-tests > src/lib.rs - add",
      "pass | src/lib.rs > tests::passes",
      "pass | tests/api.rs > passes",
      "skipped | src/lib.rs > tests::later",
    ]);
  });

  it("cargo test: a documentation's tests keep their names wherever they stand", () => {
    const printed = (a: number, b: number) =>
      `running 2 tests\ntest src/lib.rs - add (line ${b}) ... FAILED\ntest src/lib.rs - add (line ${a}) ... ok\n\n---- src/lib.rs - add (line ${b}) stdout ----\nassertion failed\n`;
    for (const text of [printed(1, 9), printed(8, 16)])
      expect(lines(readTestReport("cargo", text, root))).toEqual([
        "fail | src/lib.rs - add (2) | assertion failed",
        "pass | src/lib.rs - add",
      ]);
  });

  it("our unittest runner: subtests count once", () => {
    expect(lines(readTestReport("unittest", fixture("unittest.jsonl"), root))).toEqual([
      "fail | tests/test_a.py > A > test_fails | AssertionError: 1 != 2 : one is not two",
      "fail | tests/test_a.py > A > test_parts | (i=1) AssertionError: 1 == 1",
      "fail | tests/test_a.py > A > test_raises | KeyError: 'no such thing'",
      "fail | tests/test_broken.py | ModuleNotFoundError: No module named 'absent_module'",
      "pass | tests/test_a.py > A > test_passes",
      "skipped | tests/test_a.py > A > test_expected",
      "skipped | tests/test_a.py > A > test_skipped",
    ]);
  });
});

describe("what an unknown command printed", () => {
  it("is read where it is TAP 14", () => {
    expect(lines(recognizeReport("", fixture("tap14.txt"), root))).toEqual([
      "fail | numbers > adds > large | expected 3 but got 2",
      "fail | test 4 | not ok",
      "pass | numbers > adds > small",
      "pass | plain",
      "skipped | not yet",
      "skipped | numbers > is left out",
    ]);
  });

  it("is read where it is older TAP, or cargo's, or a JUnit file", () => {
    expect(lines(recognizeReport("", fixture("tap12.txt"), root))).toEqual([
      "fail | subtraction | not ok",
      "pass | addition works",
      "pass | test 3",
    ]);
    expect(recognizeReport("", fixture("cargo.txt"), root)).toHaveLength(7);
    expect(recognizeReport(fixture("pytest.xml"), "whatever", root)).toHaveLength(9);
  });

  it.each(["", "ok\n", "1..3 of the files were read\nok then\n", "running late"])("is nothing in %j", (text) => {
    expect(recognizeReport("", text, root)).toBeNull();
  });
});

describe("a report that is none", () => {
  it.each(["pytest", "unittest", "go", "cargo", "maven", "gradle"] as const)("of %s is null", (runner) => {
    for (const text of ["", "no report", "{", "<html></html>", "<?xml version='1.0'?><testsuite", "\0\0"])
      expect(readTestReport(runner, text, root)).toBeNull();
  });

  it("is left out where only one of several documents is whole", () => {
    const cut = `${fixture("surefire.xml")}<?xml version="1.0"?><testsuite name="late"><testcase name="a"`;
    expect(readTestReport("maven", cut, root)).toHaveLength(5);
  });

  it("expands no entities of its own", () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>';
    expect(lines(readTestReport("gradle", bomb, root)) ?? []).not.toContainEqual(expect.stringContaining("bbbb"));
  });
});

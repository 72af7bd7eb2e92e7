import { expect, it } from "vitest";
import { testFilesOf } from "../../../../src/execution/domain/checks/test-files.ts";

it("knows tests by their names, and leaves what they need", () => {
  const tests = [
    "a.test.ts",
    "src/__tests__/b.js",
    "spec/c.spec.mjs",
    "tests/test_d.py",
    "e_test.py",
    "f_test.go",
    "tests/g.rs",
    "src/test/java/HTest.java",
    "i_spec.rb",
    "t/j.t",
  ];
  const support = [
    "tests/conftest.py",
    "tests/__init__.py",
    "testdata/a.json",
    "src/latest.ts",
    "helper.go",
    "Contest.java",
  ];
  expect(testFilesOf([...tests, ...support])).toEqual(tests);
});

it("takes every code file where no name says so", () => {
  expect(testFilesOf(["check.py", "conftest.py", "data.csv"])).toEqual(["check.py"]);
  expect(testFilesOf(["data.csv"])).toEqual([]);
});

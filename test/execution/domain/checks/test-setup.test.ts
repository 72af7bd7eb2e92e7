import { describe, expect, it } from "vitest";
import { isTestScript, isTestSetup, withTestSetupOf } from "../../../../src/execution/domain/checks/test-setup.ts";

describe("how tests are run", () => {
  it.each(["vitest.config.ts", "packages/a/jest.config.cjs", ".mocharc.json", "tox.ini", "Makefile", "pytest.ini"])(
    "is said by %s",
    (path) => expect(isTestSetup(path)).toBe(true),
  );

  it.each(["src/config.ts", "vite.config.ts", "pyproject.toml", "Cargo.toml", "test/a.test.ts", "makefile.md"])(
    "is not said by %s alone",
    (path) => expect(isTestSetup(path)).toBe(false),
  );

  it("is started by scripts of certain names", () => {
    const paths = [
      "check.sh",
      "scripts/ci.js",
      "run-tests.py",
      "test_all",
      "src/add.js",
      "src/latest.js",
      "checkout.js",
    ];
    expect(paths.filter(isTestScript)).toEqual(["check.sh", "scripts/ci.js", "run-tests.py", "test_all"]);
  });
});

describe("a package.json with its tests as they were", () => {
  const text = (value: object): string => JSON.stringify(value);

  it("keeps whatever else the change says", () => {
    const before = { type: "module", scripts: { test: "jest" }, jest: { testMatch: ["a"] } };
    const after = {
      type: "commonjs",
      dependencies: { a: "1" },
      scripts: { test: "true", pretest: "rm -r test", start: "node ." },
      jest: { testMatch: [] },
      mocha: { spec: "none" },
    };
    expect(JSON.parse(withTestSetupOf(text(before), text(after)) ?? "")).toEqual({
      type: "commonjs",
      dependencies: { a: "1" },
      scripts: { test: "jest", start: "node ." },
      jest: { testMatch: ["a"] },
    });
  });

  it.each([
    ["another version", { scripts: { test: "jest" }, version: "2.0.0" }],
    ["another order", { version: "1.0.0", scripts: { test: "jest" } }],
    ["a script more", { scripts: { lint: "x", test: "jest" }, version: "1.0.0" }],
  ])("is the same where the change is %s", (_, after) => {
    expect(withTestSetupOf(text({ scripts: { test: "jest" }, version: "1.0.0" }), text(after))).toBeNull();
  });

  it("is the old one where one of them cannot be read", () => {
    expect(withTestSetupOf('{"a":1}', "{")).toBe('{"a":1}');
    expect(withTestSetupOf("[", '{"a":1}')).toBe("[");
  });
});

import { describe, expect, it } from "vitest";
import { chooseChecks, runnerOf } from "../../../../src/execution/domain/checks/choose-checks.ts";

const node = (scripts: Record<string, string>, files: readonly string[] = []) =>
  chooseChecks({ files: ["package.json", ...files], texts: { "package.json": JSON.stringify({ scripts }) } });
const other = (files: readonly string[], texts: Record<string, string> = {}) =>
  chooseChecks({ files, texts }).test?.command;

describe("chooseChecks", () => {
  it("takes the scripts of a Node project", () => {
    expect(node({ build: "tsc", lint: "eslint .", typecheck: "tsc --noEmit", test: "vitest run" })).toEqual({
      build: { command: "npm run --silent build", runner: null },
      lint: { command: "npm run --silent lint && npm run --silent typecheck", runner: null },
      test: { command: "npm run --silent test", runner: "vitest" },
    });
  });

  it("runs Node's own runner where there are tests and no script", () => {
    const own = { command: "node --test", runner: "node-test" };
    expect(node({ test: 'echo "Error: no test specified" && exit 1' }, ["src/a.test.js"])).toEqual({ test: own });
    expect(node({}, ["test/a.mjs"])).toEqual({ test: own });
    expect(node({}, ["src/a.js"])).toEqual({});
    expect(other(["a.test.mjs"])).toBe("node --test");
  });

  it("survives a broken package.json", () => {
    expect(chooseChecks({ files: ["package.json"], texts: { "package.json": "{" } })).toEqual({});
    expect(chooseChecks({ files: ["package.json"], texts: { "package.json": '{"scripts":3}' } })).toEqual({});
  });

  it.each([
    [["pyproject.toml"], { "pyproject.toml": "[tool.pytest.ini_options]" }, "python3 -m pytest -q"],
    [["setup.py", "tests/conftest.py"], {}, "python3 -m pytest -q"],
    [["tests/test_x.py"], {}, "python3 -m unittest discover"],
    [["go.mod"], {}, "go test ./..."],
    [["Cargo.toml"], {}, "cargo test --offline"],
    [["Makefile"], { Makefile: "all:\n\techo\ntest: all\n" }, "make test"],
    [["Makefile"], { Makefile: "all:\n" }, undefined],
    [["README.md"], {}, undefined],
  ])("knows %j", (files, texts, command) => {
    expect(other(files, texts)).toBe(command);
  });

  it("lets the configuration go first", () => {
    const facts = { files: ["go.mod"], texts: {} };
    expect(chooseChecks(facts, { test: "npx jest", lint: "golint", install: "make deps" })).toEqual({
      test: { command: "npx jest", runner: "jest" },
      lint: { command: "golint", runner: null },
      install: { command: "make deps", runner: null },
    });
  });
});

describe("runnerOf", () => {
  it.each([
    ["node --test", "node-test"],
    ["tsc && node --import tsx --test test/*.ts", "node-test"],
    ["vitest run --coverage", "vitest"],
    ["tsc && vitest run", "vitest"],
    ["vitest run && tsc", null],
    ["./node_modules/.bin/jest", "jest"],
    ["mocha -r ts-node/register", "mocha"],
    ["jest | cat", null],
    ["tap test", null],
    ["node test.js", null],
  ])("of %j is %s", (line, runner) => {
    expect(runnerOf(line)).toBe(runner);
  });
});

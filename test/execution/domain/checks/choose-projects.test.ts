import { describe, expect, it } from "vitest";
import type { CheckConfiguration } from "../../../../src/execution/domain/checks/checks.ts";
import {
  chooseProjects,
  filesOf,
  findPlaces,
  type Project,
  runnerOf,
} from "../../../../src/execution/domain/checks/choose-projects.ts";

type Files = Readonly<Record<string, string>>;

function projectsOf(files: Files, configuration?: CheckConfiguration, about?: readonly string[]): readonly Project[] {
  const paths = Object.keys(files).sort();
  const places = findPlaces(paths).map((place) => {
    const own = filesOf(place, paths);
    const prefix = place.directory === "" ? "" : `${place.directory}/`;
    const texts = Object.fromEntries(own.toRead.map((path) => [path, files[`${prefix}${path}`] ?? ""]));
    return { ...place, facts: { files: own.files, texts } };
  });
  return chooseProjects(places, configuration, about ?? null);
}

const checksOf = (files: Files) => projectsOf(files)[0]?.checks;
const testOf = (files: Files) => checksOf(files)?.test?.command;
const script = (scripts: Files) => JSON.stringify({ scripts });
const where = (projects: readonly Project[]) => projects.map(({ kind, directory }) => `${kind}:${directory}`);

describe("a Node project", () => {
  it("has the checks of its scripts", () => {
    const scripts = { build: "tsc", lint: "eslint .", typecheck: "tsc --noEmit", test: "vitest run" };
    for (const lock of ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]) {
      expect(checksOf({ "package.json": script(scripts), [lock]: "" })).toEqual({
        build: { command: "npm run --silent build", runner: null },
        lint: { command: "npm run --silent lint && npm run --silent typecheck", runner: null },
        test: { command: "npm run --silent test", runner: "vitest" },
      });
    }
  });

  it("needs yarn itself where it is Plug'n'Play", () => {
    expect(testOf({ "package.json": script({ test: "jest" }), ".pnp.cjs": "" })).toBe("yarn run test");
  });

  it("runs Node's own runner where there are tests and no script", () => {
    const own = { command: "node --test", runner: "node-test" };
    const none = script({ test: 'echo "Error: no test specified" && exit 1' });
    expect(checksOf({ "package.json": none, "src/a.test.js": "" })).toEqual({ test: own });
    expect(checksOf({ "package.json": "{}", "test/a.mjs": "" })).toEqual({ test: own });
    expect(projectsOf({ "package.json": "{}", "src/a.js": "" })).toEqual([]);
    expect(checksOf({ "a.test.mjs": "" })).toEqual({ test: own });
  });

  it.each(["{", '{"scripts":3}'])("survives the package.json %s", (text) => {
    expect(projectsOf({ "package.json": text })).toEqual([]);
  });
});

describe("other projects", () => {
  it.each<[Files, string | undefined]>([
    [{ "pyproject.toml": "[tool.pytest.ini_options]", "tests/test_a.py": "" }, "python3 -m pytest -q"],
    [{ "setup.py": "", "tests/conftest.py": "" }, "python3 -m pytest -q"],
    [{ "test_a.py": "def test_a():\n    assert 1\n" }, "python3 -m pytest -q"],
    [{ "test_a.py": "import unittest\nclass TestA(unittest.TestCase): ..." }, "python3 -m unittest discover"],
    [{ "tests/test_a.py": "import unittest" }, "python3 -m unittest discover -s tests -t ."],
    [{ "tests/__init__.py": "", "tests/test_a.py": "import unittest" }, "python3 -m unittest discover"],
    [{ "a_test.py": "import unittest" }, "python3 -m unittest discover -p '*_test.py'"],
    [{ "pyproject.toml": "", "src/a.py": "" }, undefined],
    [{ "go.mod": "module a" }, "go test ./..."],
    [{ "Cargo.toml": "[package]" }, "cargo test --offline --no-fail-fast"],
    [{ "Cargo.toml": "[workspace]\nmembers = []" }, "cargo test --offline --no-fail-fast --workspace"],
    [{ "pom.xml": "<project/>" }, "mvn -B -q -o test -Dmaven.test.failure.ignore=false -fae"],
    [{ "build.gradle.kts": "" }, "gradle --offline --no-daemon -q test --continue"],
    [{ "build.gradle": "", gradlew: "" }, "sh ./gradlew --offline --no-daemon -q test --continue"],
    [{ Makefile: "all:\n\techo\ntest: all\n" }, "make test"],
    [
      { "CMakeLists.txt": "project(a C)\nenable_testing()\n", Makefile: "test:\n" },
      "mkdir -p .fleet-build && echo '*' > .fleet-build/.gitignore && cmake -S . -B .fleet-build && cmake --build .fleet-build --parallel 2 && ctest --test-dir .fleet-build --output-on-failure",
    ],
    [{ "CMakeLists.txt": "project(a C)\n" }, undefined],
    [{ Makefile: "check:\n\t./check.sh\n" }, "make check"],
    [{ Makefile: "test := 1\n" }, undefined],
    [{ "README.md": "" }, undefined],
  ])("of %j are tested by %j", (files, command) => {
    expect(testOf(files)).toBe(command);
  });

  it("take CMake for a part of what is around it", () => {
    const cmake = "project(a C)\nenable_testing()\n";
    const files = {
      "CMakeLists.txt": cmake,
      "native/CMakeLists.txt": cmake,
      "lib/CMakeLists.txt": "# added by the root",
    };
    expect(where(projectsOf(files))).toEqual(["cmake:"]);
    expect(where(projectsOf({ ...files, "go.mod": "" }))).toEqual(["go:"]);
    expect(where(projectsOf({ "native/CMakeLists.txt": cmake }))).toEqual(["cmake:native"]);
  });

  it("take a Makefile for the way in only where nothing else is known", () => {
    expect(where(projectsOf({ Makefile: "test:\n", "go.mod": "", "main.go": "" }))).toEqual(["go:"]);
    expect(projectsOf({ Makefile: "test:\n", "a.rs": "", "b.py": "" })).toMatchObject([
      { kind: "make", languages: ["python", "rust"] },
    ]);
  });
});

describe("a repository of many projects", () => {
  const monorepo: Files = {
    "package.json": JSON.stringify({ workspaces: ["packages/*"], scripts: { test: "vitest run" } }),
    "packages/a/package.json": script({ test: "vitest run" }),
    "services/api/pyproject.toml": "[tool.pytest.ini_options]",
    "services/api/tests/test_api.py": "",
    "tools/go.mod": "",
    "tools/deep/go.mod": "",
    "test/fixtures/package.json": script({ test: "exit 1" }),
    "node_modules/x/package.json": script({ test: "exit 1" }),
  };

  it("is checked as a whole where nobody says what the work is about", () => {
    expect(where(projectsOf(monorepo))).toEqual(["node:", "python:services/api", "go:tools", "go:tools/deep"]);
  });

  it("is checked where the work is, and at its root", () => {
    expect(where(projectsOf(monorepo, {}, ["tools/main.go"]))).toEqual(["node:", "go:tools"]);
    expect(where(projectsOf(monorepo, {}, ["packages/a/index.js"]))).toEqual(["node:"]);
  });

  it("checks what is built on the work, too", () => {
    const go = { "a/go.mod": "module a", "b/go.mod": "module b", "c/go.mod": "module c\nreplace b => ../b/\n" };
    expect(where(projectsOf(go, {}, ["a/a.go"]))).toEqual(["go:a"]);
    expect(where(projectsOf(go, {}, ["b/b.go"]))).toEqual(["go:b", "go:c"]);
    expect(where(projectsOf({ ...go, "go.work": "use ./a ./b ./c" }, {}, ["a/a.go"]))).toEqual([
      "go:a",
      "go:b",
      "go:c",
    ]);
    const rust = {
      "crates/a/Cargo.toml": "",
      "crates/b/Cargo.toml": '[dependencies]\na = { path = "../a" }',
      "app/Cargo.toml": '[dependencies]\nb = { path = "../crates/b" }',
      "other/Cargo.toml": "",
    };
    expect(where(projectsOf(rust, {}, ["crates/a/x.rs"]))).toEqual(["rust:app", "rust:crates/a", "rust:crates/b"]);
  });

  it("checks a package by itself where the root is no workspace", () => {
    const files = { "package.json": script({ test: "node --test" }), "web/package.json": script({ test: "jest" }) };
    expect(where(projectsOf(files, {}, ["web/a.js"]))).toEqual(["node:", "node:web"]);
  });

  it("leaves nested Python projects to themselves where the root has no tests of its own", () => {
    const files = { "pyproject.toml": "[tool.ruff]", "a/pyproject.toml": "", "a/tests/test_a.py": "def test_a(): ..." };
    expect(projectsOf(files).map(({ directory, checks }) => [directory, checks.test?.command])).toEqual([
      ["a", "python3 -m pytest -q"],
    ]);
  });
});

it.each<[Files, CheckConfiguration, boolean]>([
  [{ "package.json": script({ build: "tsc", test: "node --test dist/" }) }, {}, true],
  [{ "package.json": script({ build: "tsc", test: "npm run build && node --test" }) }, {}, false],
  [{ "package.json": script({ build: "tsc", pretest: "npm run build", test: "jest" }) }, {}, false],
  [{ "package.json": script({ test: "jest" }) }, {}, false],
  [{ "package.json": script({ test: "jest" }) }, { install: "./get" }, true],
  [{ Makefile: "all:\ntest:\n" }, {}, true],
  [{ "go.mod": "" }, {}, false],
  [{ "pom.xml": "" }, {}, false],
])("the tests of %j with %j need a build before them: %s", (files, configuration, builtFirst) => {
  expect(projectsOf(files, configuration)[0]?.builtFirst).toBe(builtFirst);
});

describe("fleet.yml's checks", () => {
  it("go first, and its test stands for every project", () => {
    const files = { "go.mod": "", "web/package.json": script({ test: "jest" }) };
    const configuration = { test: "npx jest", lint: "golint", install: "make deps" };
    expect(projectsOf(files, configuration)).toEqual([
      {
        builtFirst: true,
        directory: "",
        kind: "go",
        languages: ["go"],
        checks: {
          build: { command: "go build ./...", runner: null },
          test: { command: "npx jest", runner: "jest" },
          lint: { command: "golint", runner: null },
          install: { command: "make deps", runner: null },
        },
      },
    ]);
  });

  it("may need whatever the root's files are of", () => {
    const files = { "package.json": "{}", "a.go": "", "build.gradle": "" };
    expect(projectsOf(files, { build: "./build" })[0]?.languages).toEqual(["gradle", "node", "go"]);
    expect(projectsOf({ "package.json": "{}" }, { test: "npx ava" })[0]?.languages).toEqual(["node"]);
  });

  it("are enough where nothing is known of the project", () => {
    expect(projectsOf({ "a.py": "" }, { test: "./run" })).toEqual([
      {
        builtFirst: false,
        directory: "",
        kind: "configured",
        languages: ["python"],
        checks: { test: { command: "./run", runner: null } },
      },
    ]);
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
    ["c8 ava", "ava"],
    ["ctest --test-dir build", "ctest"],
    ["jest | cat", null],
    ["tap test", null],
    ["node test.js", null],
    ["python3 -m pytest tests", "pytest"],
    ["pytest", "pytest"],
    ["python -m unittest", "unittest"],
    ["go test ./...", "go"],
    ["go vet ./... && go test ./...", "go"],
    ["go test ./... | tee log", null],
    ["cargo test", "cargo"],
  ])("of %j is %s", (line, runner) => {
    expect(runnerOf(line)).toBe(runner);
  });
});

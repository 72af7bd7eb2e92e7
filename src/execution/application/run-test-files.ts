import type { CheckResult, Checks, TestRunner } from "../domain/checks/checks.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";
import { type CheckRun, quoted, runOne } from "./run-checks.ts";

/** Runs these test files only (paths from where the run's commands start). Without a file it is a pass with no tests. */
export async function runTestFiles(
  run: CheckRun & { readonly files: readonly string[]; readonly test?: Checks["test"] },
): Promise<CheckResult> {
  const { files, test } = run;
  if (files.length === 0) return { name: "test", verdict: "pass", reason: "", wallMs: 0, tests: [] };
  const wrong = files.find((path) => pathProblem(path) !== null);
  if (wrong !== undefined)
    return { name: "test", verdict: "not-run", reason: `Not a path: ${JSON.stringify(wrong)}`, wallMs: 0 };
  const runner = test?.runner ?? runnerByName(files);
  if (runner === null) {
    if (test !== undefined) return runOne(run, "test", test);
    return { name: "test", verdict: "not-run", reason: "Nothing known here runs these test files.", wallMs: 0 };
  }
  return runOne(run, "test", { command: commandFor(runner, files, test?.command ?? null), runner });
}

/** Where the project names no runner that we can ask: what the files themselves are written for. */
function runnerByName(files: readonly string[]): TestRunner | null {
  if (files.every((path) => /\.[cm]?js$/.test(path))) return "node-test";
  return files.every((path) => /\.py$/.test(path)) ? "pytest" : null;
}

/** Runners that know files get the files; the others the smallest part of the project that holds them. */
function commandFor(runner: TestRunner, files: readonly string[], whole: string | null): string {
  const paths = files.map(quoted).join(" ");
  switch (runner) {
    case "node-test":
      return `node --test ${paths}`;
    case "vitest":
      return `./node_modules/.bin/vitest run ${paths}`;
    case "jest":
      return `./node_modules/.bin/jest --runTestsByPath ${paths}`;
    case "mocha":
      return `./node_modules/.bin/mocha ${paths}`;
    case "ava":
      return `./node_modules/.bin/ava ${paths}`;
    case "pytest":
      return `python3 -m pytest -q ${paths}`;
    case "unittest":
      return `python3 -m unittest ${paths}`;
    case "go":
      return `go test ${[...new Set(files.map((path) => quoted(folderOf(path))))].join(" ")}`;
    case "cargo": {
      const binaries = files.map((path) => /^tests\/([\w-]+)\.rs$/.exec(path)?.[1]);
      const some = binaries.every((name) => name !== undefined)
        ? ` ${binaries.map((name) => `--test ${name}`).join(" ")}`
        : "";
      return `${whole ?? "cargo test --offline --no-fail-fast"}${some}`;
    }
    case "ctest":
      // It knows names and no files.
      return whole ?? "ctest";
    case "maven": {
      const none = "-DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false";
      return `${whole ?? "mvn -B -q -o test"} -Dtest=${files.map(classOf).join(",")} ${none}`;
    }
    case "gradle":
      return `${whole ?? "gradle --offline test"} ${files.map((path) => `--tests '*${classOf(path)}'`).join(" ")}`;
  }
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/** The class that a file of a JVM language is named after; what is no part of a name is left out. */
function classOf(path: string): string {
  return (/([^/]+)\.\w+$/.exec(path)?.[1] ?? path).replace(/[^\w$]/g, "");
}

import type { CheckResult, TestRunner } from "../domain/checks/checks.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";
import { type CheckRun, runOne } from "./run-checks.ts";

const commands: Readonly<Record<TestRunner, string>> = {
  "node-test": "node --test",
  vitest: "./node_modules/.bin/vitest run",
  jest: "./node_modules/.bin/jest --runTestsByPath",
  mocha: "./node_modules/.bin/mocha",
};

/** The runner for single test files: the project's own where it is one of ours, else Node's. */
export function runnerForFiles(runner: TestRunner | null | undefined): TestRunner {
  return runner ?? "node-test";
}

/** Runs these test files only (paths within the work tree). Without a file it is a pass with no tests. */
export async function runTestFiles(
  run: CheckRun & { readonly files: readonly string[]; readonly runner?: TestRunner },
): Promise<CheckResult> {
  const { files } = run;
  if (files.length === 0) return { name: "test", verdict: "pass", reason: "", wallMs: 0, tests: [] };
  const wrong = files.find((path) => pathProblem(path) !== null);
  if (wrong !== undefined)
    return { name: "test", verdict: "not-run", reason: `Not a path: ${JSON.stringify(wrong)}`, wallMs: 0 };
  const runner = runnerForFiles(run.runner);
  const command = [commands[runner], ...files.map((path) => `'${`./${path}`.replaceAll("'", "'\\''")}'`)].join(" ");
  return runOne(run, "test", { command, runner });
}

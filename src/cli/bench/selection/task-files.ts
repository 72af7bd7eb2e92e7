import type { Case, Task, TaskLanguage } from "./task.ts";

/** How a task becomes a project of its language. */
export type TaskProject = {
  /** Where the module and its tests stand. */
  readonly module: string;
  readonly tests: string;
  /** What the repository holds beside the module. */
  readonly others: Readonly<Record<string, string>>;
  /** The program without which nothing of the language can be run; null for Node, which is here. */
  readonly program: string | null;
  /** How the repository's own tests are run where that cannot be seen from its files, as `checks.test` of a fleet.yml. */
  readonly test: string | null;
  /** A shell line that ends with 0 when all tests of a folder pass, with 124 when they do not end. */
  readonly verify: string;
};

/** Seconds after which a candidate counts as one that does not end. */
const endless = 5;

export const taskProjects: Readonly<Record<TaskLanguage, TaskProject>> = {
  javascript: {
    module: "task.js",
    tests: "task.test.js",
    others: { "package.json": '{ "name": "task", "private": true, "type": "module" }\n' },
    program: null,
    test: null,
    verify: `timeout ${endless} node --max-old-space-size=128 task.test.js`,
  },
  python: {
    module: "task.py",
    tests: "test_task.py",
    others: { "pyproject.toml": '[project]\nname = "task"\nversion = "1"\n' },
    program: "python3",
    test: "python3 -m unittest discover",
    verify: `timeout ${endless} python3 -m unittest -q test_task`,
  },
  go: {
    module: "task.go",
    tests: "task_test.go",
    others: { "go.mod": "module task\n\ngo 1.21\n" },
    program: "go",
    test: null,
    verify: `go test -c -o tests . && timeout ${endless} ./tests`,
  },
};

/** The module that holds this text. */
export function moduleText({ language }: Task, text: string): string {
  return language === "go" ? `package task\n\n${text}` : text;
}

/** The module before anybody worked on it: the function is there and fails. */
export function stubText(task: Task): string {
  const { language, name, solution } = task;
  const begins = new RegExp(`^(?:export function|def|func) ${name}\\(`);
  const signature = solution.split("\n").find((line) => begins.test(line));
  if (signature === undefined) throw new Error(`The ${language} task ${name} does not define it.`);
  const what = '"not written yet"';
  switch (language) {
    case "javascript":
      return moduleText(task, `${signature}\n  throw new Error(${what});\n}\n`);
    case "python":
      return moduleText(task, `${signature}\n    raise NotImplementedError(${what})\n`);
    case "go":
      return moduleText(task, `${signature}\n\tpanic(${what})\n}\n`);
  }
}

/** A file with one test a case. */
export function testText({ language, name }: Task, cases: readonly Case[]): string {
  return testFiles[language](name, cases);
}

const testFiles: Readonly<Record<TaskLanguage, (name: string, cases: readonly Case[]) => string>> = {
  javascript: (name, cases) => `import assert from "node:assert/strict";
import test from "node:test";
import { ${name} } from "./task.js";

${eachOf(cases, ({ call, value }, number) => `test("case ${number}", () => assert.deepEqual(${call}, ${value}));\n`)}`,
  python: (name, cases) => `import unittest

from task import ${name}


class Task(unittest.TestCase):
${eachOf(cases, ({ call, value }, number) => `    def test_${number}(self):\n        self.assertEqual(${call}, ${value})\n\n`)}`,
  // An empty slice and none are equal. Names hold the task's, so that a package may hold several tasks.
  go: (name, cases) => `package task

import (
	"reflect"
	"testing"
)

func check${name}(t *testing.T, got, want any) {
	t.Helper()
	a, b := reflect.ValueOf(got), reflect.ValueOf(want)
	if a.Kind() == reflect.Slice && b.Kind() == reflect.Slice && a.Len()+b.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

${eachOf(cases, ({ call, value }, number) => `func Test${name}${number}(t *testing.T) { check${name}(t, ${call}, ${value}) }\n`)}`,
};

function eachOf(cases: readonly Case[], text: (each: Case, number: number) => string): string {
  return cases.map((each, at) => text(each, at + 1)).join("");
}

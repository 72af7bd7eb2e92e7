import { describe, expect, it } from "vitest";
import { mutantsOf } from "../../../../src/cli/bench/selection/mutate.ts";
import { readTasks } from "../../../../src/cli/bench/selection/read-tasks.ts";
import type { TaskLanguage } from "../../../../src/cli/bench/selection/task.ts";

const rows: readonly [TaskLanguage, string, string, string][] = [
  ["javascript", "a < b", "boundary", "a <= b"],
  ["javascript", "a === b", "boundary", "a !== b"],
  ["javascript", "a - b", "operator", "a + b"],
  ["javascript", "a && b", "logic", "a || b"],
  ["javascript", "return !done;", "logic", "return done;"],
  ["javascript", "let on = true;", "logic", "let on = false;"],
  ["javascript", "at + 3", "constant", "at + 2"],
  ["javascript", "at * 0", "constant", "at * 1"],
  ["javascript", 'a + ""', "string", 'a + " "'],
  ["javascript", 'a + "x"', "string", 'a + ""'],
  ["javascript", "a.length", "off-by-one", "a.length - 1"],
  ["javascript", "Math.floor(a)", "call", "Math.ceil(a)"],
  ["javascript", "f(a, b)", "arguments", "f(b, a)"],
  ["javascript", "  if (a) return b;", "branch", "  if (false) return b;"],
  ["javascript", "{\n  list.push(a);\n}", "statement", "{\n  ;\n}"],
  ["python", "a // 2", "operator", "a % 2"],
  ["python", "not a", "logic", " a"],
  ["python", "len(a)", "off-by-one", "len(a) - 1"],
  ["python", "    if a > b:", "branch", "    if False:"],
  ["python", "    total += a", "statement", "    pass"],
  ["go", "if a == b {", "branch", "if false {"],
  ["go", "\ttotal += a", "statement", "\t"],
  ["go", "letter == '\"'", "string", "letter == 'a'"],
  ["go", "strings.ToUpper(a)", "call", "strings.ToLower(a)"],
];

describe("mutants", () => {
  it.each(rows)("in %s, %j: %s gives %j", (language, source, rule, text) => {
    expect(mutantsOf(source, language)).toContainEqual({ rule, text });
  });

  it("leave comments, templates, definitions and names of two equal arguments alone", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a mutant
    for (const source of ["// a < b", "`${a}-`", "function f(a, b)", "f(a, a)", "constructor", "toString()"])
      expect(mutantsOf(source, "javascript")).toEqual([]);
  });

  it.each(["javascript", "python", "go"] as const)(
    "of tasks in %s are many, distinct and never the solution",
    async (language) => {
      for (const { name, solution } of await readTasks(language)) {
        const texts = mutantsOf(solution, language).map(({ text }) => text);
        expect([name, texts.length]).toEqual([name, new Set(texts).size]);
        expect(texts.length).toBeGreaterThanOrEqual(7);
        expect(texts).not.toContain(solution);
      }
    },
  );
});

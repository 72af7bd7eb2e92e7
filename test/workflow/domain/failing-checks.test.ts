import { describe, expect, test } from "vitest";
import { type FailingCheck, failingCheckBounds } from "../../../src/kernel/failing-check.ts";
import { withCouncilChecks, withReport } from "../../../src/workflow/domain/failing-checks.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { aTask } from "../a-task.ts";

const task = aTask({ headSha: "sha-1" });
const red = (name: string, headSha = "sha-1") => ({ name, headSha, failed: { summary: `${name} is red`, output: "" } });
const green = (name: string) => ({ name, headSha: "sha-1", failed: null });
const byCouncil: FailingCheck = { by: "council", name: "lint", tests: [], why: "It failed." };

const names = ({ failingChecks = [] }: Task) => failingChecks.map(({ by, name }) => `${by} ${name}`);

describe("a check of GitHub", () => {
  test("that fails is kept until it is green", () => {
    const failed = withReport(withReport(task, red("ci")), red("lint"));
    expect(names(failed)).toEqual(["github ci", "github lint"]);
    expect(names(withReport(failed, green("ci")))).toEqual(["github lint"]);
    expect(withReport(withReport(failed, green("ci")), green("lint"))).toEqual(task);
  });

  test("that says the same again, or is of another commit, leaves the very same task", () => {
    const failed = withReport(task, red("ci"));
    expect(withReport(failed, red("ci"))).toBe(failed);
    expect(withReport(task, green("ci"))).toBe(task);
    expect(withReport(task, red("ci", "sha-0"))).toBe(task);
    const merged = { ...task, merged: true };
    expect(withReport(merged, red("ci"))).toBe(merged);
  });

  test("is another one than the council's of that name", () => {
    const failed = withCouncilChecks(task, [byCouncil]);
    expect(withReport(failed, green("lint"))).toBe(failed);
    expect(names(withReport(failed, red("lint")))).toEqual(["council lint", "github lint"]);
  });

  test("is one of so many at most", () => {
    const all = Array.from({ length: 30 }, (_, n) => red(`ci-${n}`));
    expect(all.reduce(withReport, task).failingChecks).toHaveLength(failingCheckBounds.checks);
  });
});

test("what failed in a council is told instead of what failed in the one before", () => {
  const failed = withReport(withCouncilChecks(task, [byCouncil]), red("ci"));
  const again = withCouncilChecks(failed, [{ ...byCouncil, name: "acceptance" }]);
  expect(names(again)).toEqual(["council acceptance", "github ci"]);
});

import { describe, expect, it } from "vitest";
import { type TaskState, taskStates } from "../../../src/kernel/states.ts";
import { taskBranch } from "../../../src/workflow/domain/task-branch.ts";
import {
  isTaskAction,
  isTaskActionName,
  type RequestedTaskAction,
  taskActions,
  taskRows,
  taskTransition,
} from "../../../src/workflow/domain/task-machine.ts";

type Row = readonly [
  action: RequestedTaskAction,
  from: string,
  to: TaskState,
  via: string | null,
  who: string,
  guard: string | null,
  says: boolean,
];

const nonTerminal = taskStates.filter((state) => state !== "done" && state !== "cancelled").join(", ");

/**
 * DOMAIN.md §3, row by row; `cancel-with-story` is the guard column of §2, `reset`, and `pass-tests` what
 * `gates.testing: checks` of fleet.yml comes to (PRODUCT.md).
 */
const rows: readonly Row[] = [
  ["claim-task", "todo", "implementing", null, "developer", "lease-and-dependencies", false],
  ["assign", "todo", "implementing", null, "system", "dependencies-done", false],
  ["release-task", "implementing", "todo", null, "holder, system", "lease-over", false],
  [
    "commit-code",
    "implementing",
    "pending-arch-review",
    "dev-completed auto-route-to-architect",
    "holder",
    "on-branch",
    false,
  ],
  ["claim-review", "pending-arch-review", "arch-reviewing", null, "architect", null, false],
  [
    "approve-design",
    "arch-reviewing",
    "pending-qa",
    "arch-approved auto-route-to-qa",
    "architect",
    "tree-reviewed",
    false,
  ],
  ["reject-design", "arch-reviewing", "arch-rejected", null, "architect", null, true],
  ["claim-testing", "pending-qa", "qa-testing", null, "qa", null, false],
  ["approve-tests", "qa-testing", "pending-po-approval", "qa-passed auto-route-to-po", "qa", "checks-green", false],
  ["pass-tests", "pending-qa", "pending-po-approval", "qa-passed auto-route-to-po", "system", "checks-decide", false],
  ["reject-tests", "qa-testing", "qa-failed", null, "qa", null, true],
  ["revise-code", "arch-rejected, qa-failed", "implementing", null, "developer", null, false],
  [
    "approve-story",
    "pending-po-approval",
    "done",
    "po-approved auto-complete",
    "product-owner",
    "approvals-match",
    false,
  ],
  ["reject-story", "pending-po-approval", "implementing", null, "product-owner", null, true],
  ["discard-task", nonTerminal, "cancelled", null, "product-owner", null, true],
  ["retry", nonTerminal, "todo", null, "system, developer", null, false],
  [
    "invalidate",
    "pending-qa, qa-testing, qa-passed, qa-failed, pending-po-approval, po-approved, done",
    "pending-arch-review",
    null,
    "system",
    "tree-changed",
    false,
  ],
  [
    "cancel-with-story",
    taskStates.filter((state) => state !== "cancelled").join(", "),
    "cancelled",
    null,
    "system",
    "not-merged",
    false,
  ],
];

describe("the task's table", () => {
  it.each(rows)("has the row %s", (action, from, to, via, who, guard, needsFeedback) => {
    const row = taskTransition(action);
    expect(row).toMatchObject({ to, guard, needsFeedback });
    expect(row.from.join(", ")).toBe(from);
    expect(row.by.join(", ")).toBe(who);
    expect(row.via === null ? null : `${row.via.state} ${row.via.action}`).toBe(via);
    expect(row.summary).toMatch(/^[A-Z].*\.$/);
  });

  it("has no other row, and each action once", () => {
    expect(taskActions).toEqual(rows.map(([action]) => action));
    expect(new Set(taskActions).size).toBe(taskActions.length);
  });

  it("lets the gates judge, and nobody else", () => {
    expect(taskRows.filter((row) => row.judges).map((row) => row.action)).toEqual([
      "claim-review",
      "approve-design",
      "reject-design",
      "claim-testing",
      "approve-tests",
      "reject-tests",
      "approve-story",
      "reject-story",
    ]);
  });

  it("knows its actions' names, and the routing ones as names only", () => {
    expect([isTaskAction("retry"), isTaskAction("auto-complete"), isTaskAction("x")]).toEqual([true, false, false]);
    expect([isTaskActionName("retry"), isTaskActionName("auto-complete"), isTaskActionName("x")]).toEqual([
      true,
      true,
      false,
    ]);
    // @ts-expect-error: no such action
    expect(() => taskTransition("approve-everything")).toThrow("No row");
  });

  it("reads as before", () => {
    const lines = taskRows.map(
      (row) =>
        `${row.action}: ${row.from.join(" | ")} -> ${row.via ? `${row.via.state} (${row.via.action}) -> ` : ""}${row.to} by ${row.by.join(" | ")}${row.guard ? ` if ${row.guard}` : ""}${row.needsFeedback ? " with feedback" : ""}: ${row.summary}`,
    );
    expect(lines.join("\n")).toMatchSnapshot();
  });
});

describe("the branch of a task", () => {
  it.each([
    [42, 1, 1, "Sum the items!", "fleet/42/t1-sum-the-items"],
    [42, 2, 1, "Sum the items", "fleet/42/p2-t1-sum-the-items"],
    [7, 1, 3, "Überprüfe Größe — schnell", "fleet/7/t3-uberprufe-gro-e-schnell"],
    [7, 1, 3, "合計を表示", "fleet/7/t3-task"],
    [7, 1, 8, `${"x".repeat(39)} yyy`, `fleet/7/t8-${"x".repeat(39)}`],
    [7, 1, 8, `-- ../..${"z".repeat(60)}`, `fleet/7/t8-${"z".repeat(40)}`],
  ])("of issue %i, plan %i, task %i, %j is %s", (issue, plan, number, title, branch) => {
    expect(taskBranch(issue, plan, number, title)).toBe(branch);
  });
});

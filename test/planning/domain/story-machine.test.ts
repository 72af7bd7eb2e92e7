import { describe, expect, it } from "vitest";
import type { Role } from "../../../src/kernel/roles.ts";
import { type StoryState, storyStates } from "../../../src/kernel/states.ts";
import {
  isStoryAction,
  type StoryAction,
  storyActions,
  storyRows,
  storyTransition,
} from "../../../src/planning/domain/story-machine.ts";

type Row = readonly [
  action: StoryAction,
  from: string,
  to: StoryState,
  who: string,
  guard: string | null,
  says: boolean,
];

/** DOMAIN.md §2, row by row; `invalidate-scope` is the sentence below the table, `edit-plan` and `withdraw` are the machine's own. */
const rows: readonly Row[] = [
  [
    "submit",
    "draft",
    "po-review",
    "issue-author, product-owner, architect, qa, developer, devops, data",
    "parses-as-story",
    false,
  ],
  ["approve-scope", "po-review", "ready-for-planning", "product-owner", "is-ready", false],
  ["reject-scope", "po-review", "draft", "product-owner", null, true],
  ["derive-plan", "ready-for-planning", "planned", "system", "plan-valid", false],
  ["approve-plan", "planned", "ready-for-execution", "product-owner", "plan-shown", false],
  ["reject-plan", "planned", "ready-for-planning", "product-owner", null, true],
  ["edit-plan", "planned", "planned", "product-owner", "edited-plan", false],
  ["start", "ready-for-execution", "in-progress", "system", "task-started", false],
  ["request-review", "in-progress", "code-review", "system", "tasks-at-review", false],
  ["begin-testing", "code-review", "testing", "system", "tasks-at-testing", false],
  ["present", "testing", "ready-to-review", "system", "tasks-at-approval", false],
  ["rework", "code-review, testing, ready-to-review", "in-progress", "system", "task-rejected", false],
  ["accept", "ready-to-review", "accepted", "product-owner", "tasks-approved", false],
  ["finish", "accepted", "done", "system", "tasks-merged", false],
  [
    "carry-over",
    "ready-for-execution, in-progress, code-review, testing, ready-to-review",
    "carry-over",
    "product-owner, system",
    null,
    false,
  ],
  ["re-estimate", "carry-over", "draft", "product-owner", null, false],
  ["continue", "carry-over", "ready-for-execution", "product-owner", null, false],
  ["archive", "carry-over, done", "archived", "product-owner", null, false],
  ["reset", storyStates.filter((s) => s !== "archived").join(", "), "draft", "product-owner", null, true],
  [
    "cancel",
    storyStates.filter((s) => s !== "archived" && s !== "done").join(", "),
    "archived",
    "product-owner",
    null,
    true,
  ],
  [
    "withdraw",
    storyStates.filter((s) => s !== "archived" && s !== "done").join(", "),
    "archived",
    "system",
    null,
    true,
  ],
  ["invalidate-scope", "ready-for-planning, planned, ready-for-execution", "po-review", "system", "text-edited", false],
];

describe("the story's table", () => {
  it.each(rows)("has the row %s", (action, from, to, who, guard, needsFeedback) => {
    const row = storyTransition(action);
    expect(row).toMatchObject({ to, guard, needsFeedback });
    expect(row.from.join(", ")).toBe(from);
    expect([...row.by].join(", ")).toBe(who);
    expect(row.summary).toMatch(/^[A-Z].*\.$/);
  });

  it("has no other row, and each action once", () => {
    expect(storyActions).toEqual(rows.map(([action]) => action));
    expect(new Set(storyActions).size).toBe(storyActions.length);
  });

  it("knows its actions' names", () => {
    expect(isStoryAction("approve-scope")).toBe(true);
    expect(isStoryAction("approve-everything")).toBe(false);
    // @ts-expect-error: no such action
    expect(() => storyTransition("approve-everything")).toThrow("No row");
  });

  it("leaves every state but archived, and archived never", () => {
    const leaving = new Set(storyRows.flatMap((row) => row.from.filter((state) => state !== row.to)));
    expect(storyStates.filter((state) => !leaving.has(state))).toEqual(["archived"]);
  });

  it("leads from every state to the end", () => {
    const reaches = new Set<StoryState>(["archived"]);
    for (let round = 0; round < storyStates.length; round += 1) {
      for (const row of storyRows) {
        if (reaches.has(row.to)) {
          for (const state of row.from) {
            reaches.add(state);
          }
        }
      }
    }
    expect([...storyStates].filter((state) => !reaches.has(state))).toEqual([]);
  });

  it("reads as before", () => {
    const lines = storyRows.map((row) => {
      const by: readonly (Role | "issue-author")[] = row.by;
      return `${row.action}: ${row.from.join(" | ")} -> ${row.to} by ${by.join(" | ")}${row.guard ? ` if ${row.guard}` : ""}${row.needsFeedback ? " with feedback" : ""}: ${row.summary}`;
    });
    expect(lines.join("\n")).toMatchSnapshot();
  });
});

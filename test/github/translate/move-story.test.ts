import { describe, expect, test } from "vitest";
import { actionToward, wasHandled } from "../../../src/github/translate/move-story.ts";
import { taskWays } from "../../../src/github/translate/on-task-label.ts";
import { planShownAt } from "../../../src/github/translate/plan-shown-at.ts";
import { storyStates } from "../../../src/kernel/states.ts";
import { storyRows } from "../../../src/planning/domain/story-machine.ts";
import { aPlan, aStory } from "../support/samples.ts";

describe("a state label on a story", () => {
  const pairs = storyStates.flatMap((from) => storyStates.map((to) => [from, to] as const));

  test("asks for a row of the table that people may take, or for nothing", () => {
    for (const [from, to] of pairs) {
      const action = actionToward(from, to);
      const possible = storyRows.filter(
        (row) => row.from.includes(from) && row.to === to && row.by.some((by) => by !== "system"),
      );
      expect(possible.map((row) => row.action)).toEqual(action === null ? [] : expect.arrayContaining([action]));
    }
  });

  test.each([
    ["draft", "po-review", "submit"],
    ["po-review", "ready-for-planning", "approve-scope"],
    ["po-review", "draft", "reject-scope"],
    ["planned", "ready-for-execution", "approve-plan"],
    ["planned", "ready-for-planning", "reject-plan"],
    ["ready-to-review", "accepted", "accept"],
    ["in-progress", "carry-over", "carry-over"],
    ["in-progress", "draft", "reset"],
    ["in-progress", "archived", "cancel"],
    ["done", "archived", "archive"],
    ["draft", "done", null],
    ["in-progress", "code-review", null],
    ["archived", "draft", null],
  ] as const)("%s → %s: %s", (from, to, action) => {
    expect(actionToward(from, to)).toBe(action);
  });
});

describe("a state label on a task", () => {
  test.each([
    ["implementing", "todo", "release-task"],
    ["todo", "implementing", "claim-task"],
    ["pending-arch-review", "arch-reviewing", "claim-review"],
    ["qa-testing", "pending-po-approval", "approve-tests"],
    ["pending-po-approval", "done", "approve-story"],
    ["todo", "done", null],
  ] as const)("%s → %s: %s", (from, to, action) => {
    expect(taskWays(from, to)[0]?.action ?? null).toBe(action);
  });
});

describe("the plan that somebody approved", () => {
  const story = aStory({ state: "planned", plan: aPlan });

  test.each([
    ["2026-01-01T10:05:00Z", aPlan.hash, "in the same second: GitHub's times have whole seconds"],
    ["2026-01-01T10:09:00Z", aPlan.hash, "later"],
    ["2026-01-01T10:04:59Z", "none", "before it was there"],
  ])("at %s is %s: %s", (at, hash) => {
    expect(planShownAt(story, at)).toBe(hash);
  });

  test("is none where there is no plan", () => {
    expect(planShownAt(aStory(), "2026-01-01T10:00:00Z")).toBe("none");
  });
});

test("a redelivery is recognised by the delivery's whole id", () => {
  expect(wasHandled({ handled: ["d-1/approve-scope"] }, "d-1")).toBe(true);
  expect(wasHandled({ handled: ["d-12/approve-scope"] }, "d-1")).toBe(false);
});

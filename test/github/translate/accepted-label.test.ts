import { describe, expect, test } from "vitest";
import type { Role } from "../../../src/kernel/roles.ts";
import type { StoryState } from "../../../src/kernel/states.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { aStory } from "../../planning/a-story.ts";
import { aTask, holding } from "../../workflow/a-task.ts";
import { common, issueOf } from "../support/closure-tables.ts";
import { memoryFleet } from "../support/memory-fleet.ts";

/** Who labels; nobody else in these stories. */
const id = 99;

/** What becomes of a story and its one task by the label `story/accepted`. */
async function accepted(by: Role, task: Partial<Task> = {}, state: StoryState = "ready-to-review") {
  const story = aStory({ state });
  const fleet = memoryFleet({ story, task: aTask({ state: "pending-po-approval", ...task }), roles: holding(by) });
  const label = { name: "story/accepted" };
  await fleet.send("issues", { ...common({ id }), action: "labeled", label, issue: issueOf(story, label.name) });
  const putBack = fleet.writes.some((target) => target.kind === "story-label");
  return { story: fleet.story()?.state, task: fleet.task()?.state, said: fleet.reply(), putBack };
}

describe("the label story/accepted", () => {
  test("by the product owner approves what waits and accepts the story, like /approve (DOMAIN.md §2)", async () => {
    expect(await accepted("product-owner")).toEqual({
      story: "accepted",
      task: "done",
      said: "silent",
      putBack: false,
    });
  });

  test("accepts a story whose tasks are approved already", async () => {
    expect(await accepted("product-owner", { state: "done" })).toMatchObject({ story: "accepted", said: "silent" });
  });

  test.each([
    ["somebody else's label", "architect", {}, "role-missing"],
    ["of the change's author", "product-owner", { authors: [`human:${id}`] }, "own-work"],
    ["with a head that nobody approved", "product-owner", { approvals: [] }, "tree-changed"],
    ["with a task that has not come so far", "product-owner", { state: "pending-qa" }, "tasks-open"],
  ] as const)("%s: put back with the reason, and nothing moves", async (_, by, task, reason) => {
    const state = "state" in task ? task.state : "pending-po-approval";
    expect(await accepted(by, task)).toEqual({ story: "ready-to-review", task: state, said: reason, putBack: true });
  });

  test("before the story is there: put back, and no task is approved", async () => {
    expect(await accepted("product-owner", {}, "testing")).toEqual({
      story: "testing",
      task: "pending-po-approval",
      said: "not-in-this-state",
      putBack: true,
    });
  });
});

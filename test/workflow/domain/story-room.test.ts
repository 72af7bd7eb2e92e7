import { describe, expect, it } from "vitest";
import { storyStates } from "../../../src/kernel/states.ts";
import { decideTask } from "../../../src/workflow/domain/decide-task.ts";
import {
  changesRoom,
  hasBegun,
  lacksRoom,
  refuseWithoutRoom,
  takesPlace,
} from "../../../src/workflow/domain/story-room.ts";
import { aTask, dev, holding, now } from "../a-task.ts";

describe("a story's place", () => {
  it("is taken from in-progress to ready-to-review", () => {
    expect(storyStates.filter(takesPlace)).toEqual(["in-progress", "code-review", "testing", "ready-to-review"]);
  });

  it.each([
    ["ready-for-execution", "in-progress", true],
    ["in-progress", "code-review", false],
    ["ready-to-review", "accepted", true],
    ["ready-to-review", "in-progress", false],
    ["testing", "carry-over", true],
    ["in-progress", "draft", true],
    // A task of it was claimed and its own move had not followed yet.
    ["ready-for-execution", "carry-over", true],
    ["planned", "ready-for-execution", false],
    ["accepted", "done", false],
  ] as const)("%s → %s changes it: %s", (from, to, changes) => expect(changesRoom(from, to)).toBe(changes));

  it("is a story's own once one of its tasks is taken", () => {
    const story = { id: "1-2", issueNumber: 2, state: "ready-for-execution", approvedAt: "" } as const;
    expect(hasBegun(story, [{ state: "todo" }, { state: "cancelled" }])).toBe(false);
    expect(hasBegun(story, [{ state: "todo" }, { state: "implementing" }])).toBe(true);
    expect(hasBegun({ ...story, state: "testing" }, [])).toBe(true);
  });

  it.each([
    [{ limit: 2, inProgress: [3], begun: false }, false],
    [{ limit: 2, inProgress: [3, 5], begun: false }, true],
    [{ limit: 2, inProgress: [3, 5, 7], begun: false }, true],
    [{ limit: 1, inProgress: [3, 5], begun: true }, false],
  ])("with %o is missing: %s", (room, lacks) => expect(lacksRoom(room)).toBe(lacks));

  it("that is missing refuses a claim with the rule, and nothing limits without a limit", () => {
    const claim = {
      action: "claim-task",
      principal: dev,
      roles: holding("developer"),
      now,
      openDependencies: [],
    } as const;
    const task = aTask({ assignee: null });
    const room = { limit: 1, inProgress: [3], begun: false };
    expect(decideTask(task, { ...claim, room })).toMatchObject({
      kind: "refused",
      refusal: {
        reason: "stories-in-progress",
        rule: "1 story is in progress in this repository (issue 3), and 1 may be (limits.stories-in-progress).",
        next: expect.stringContaining("/carry-over"),
      },
    });
    expect(decideTask(task, { ...claim, room: null }).kind).toBe("moved");
    expect(decideTask(task, claim).kind).toBe("moved");
    expect(refuseWithoutRoom({ ...room, inProgress: [] })).toBeNull();
  });
});

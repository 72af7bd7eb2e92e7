import { beforeEach, describe, expect, it } from "vitest";
import { type StoryId, taskId } from "../../../src/kernel/ids.ts";
import type { StoryState } from "../../../src/kernel/states.ts";
import { beginWaitingStories, followRoom } from "../../../src/workflow/application/begin-waiting-stories.ts";
import { createTasks } from "../../../src/workflow/application/create-tasks.ts";
import { getTask } from "../../../src/workflow/application/find-tasks.ts";
import { handOverTask } from "../../../src/workflow/application/hand-over-task.ts";
import { storyRoom } from "../../../src/workflow/application/story-room.ts";
import { transitionTask } from "../../../src/workflow/application/transition-task.ts";
import { plan, useWorld, world } from "../a-run.ts";
import { dev, holding, reviewer } from "../a-task.ts";

useWorld();

const cause = { correlationId: "d-1", causationId: "e-1" };
const idOf = (issue: number): StoryId => `100-${issue}`;

/** Stories of the repository by issue number, with their tasks; approved in the order in which they are given. */
async function inExecution(stories: Readonly<Record<number, StoryState>>, order: readonly number[]): Promise<void> {
  world.inExecution = Object.entries(stories).map(([issue, state]) => ({
    id: idOf(Number(issue)),
    issueNumber: Number(issue),
    state,
    approvedAt: new Date(order.indexOf(Number(issue))).toISOString(),
  }));
  for (const { id: storyId } of world.inExecution) {
    const command = { storyId, installation: 11, repository: 100, planVersion: 1, tasks: plan, decidedBy: reviewer };
    await createTasks(world.deps, command);
  }
}

const stateOf = async (issue: number) => (await getTask(world.deps, taskId(idOf(issue), 1, 1)))?.state;
const claim = (issue: number) =>
  transitionTask(world.deps, {
    taskId: taskId(idOf(issue), 1, 1),
    action: "claim-task",
    principal: dev,
    roles: holding("developer"),
    now: world.now(),
  });

beforeEach(async () => {
  await inExecution(
    { 1: "testing", 2: "ready-for-execution", 3: "ready-for-execution", 4: "ready-for-execution" },
    [4, 2, 3],
  );
});

describe("stories that wait for a place", () => {
  it("begin in the order of their approval, as many as there are places", async () => {
    world.limit = 3;
    expect(await beginWaitingStories(world.deps, 100)).toEqual(["100-3"]);
    expect([await stateOf(4), await stateOf(2), await stateOf(3)]).toEqual(["implementing", "implementing", "todo"]);
    expect(await beginWaitingStories(world.deps, 100), "again changes nothing").toEqual(["100-3"]);
    world.limit = null;
    expect(await beginWaitingStories(world.deps, 100)).toEqual([]);
  });

  it("begin on command only where that is the policy, and are said to wait", async () => {
    world.policy = { ...world.policy, start: "command" };
    world.limit = 2;
    expect(await beginWaitingStories(world.deps, 100)).toEqual(["100-4", "100-2", "100-3"]);
    await followRoom(world.deps, { installation: 11, repository: 100 }, cause);
    const said = (await world.events()).filter(({ type }) => type === "workflow.story.room-changed");
    expect(said.map(({ subject }) => subject.story)).toEqual(["100-4", "100-2", "100-3"]);
    expect(said[0]).toMatchObject({ ...cause, payload: { limit: 2, inProgress: [1] } });
  });

  it("are nobody's business where there is no limit", async () => {
    await followRoom(world.deps, { installation: 11, repository: 100 }, cause);
    expect((await world.events()).filter(({ type }) => type !== "workflow.task.created")).toEqual([]);
    world.policy = { ...world.policy, start: "command" };
    await followRoom(world.deps, { installation: 11, repository: 100 }, null, true);
    expect((await world.events()).at(-1), "the limit was taken away").toMatchObject({
      type: "workflow.story.room-changed",
      subject: { story: "100-3" },
      payload: { limit: null },
    });
    expect(await storyRoom(world.deps, "100-2")).toBeNull();
  });
});

describe("a task of a story without a place", () => {
  it("is not claimed, and not given to anybody", async () => {
    world.limit = 2;
    expect((await claim(3)).kind).toBe("moved");
    expect(await claim(2)).toMatchObject({ kind: "refused", refusal: { reason: "stories-in-progress" } });
    for (const assignee of [{ kind: "council" }, { kind: "person", principal: dev }] as const) {
      const asked = { principal: dev, roles: holding("developer"), deliveryId: null };
      expect(await handOverTask(world.deps, { taskId: taskId(idOf(2), 1, 1), assignee, ...asked })).toMatchObject({
        kind: "refused",
        refusal: { reason: "stories-in-progress" },
      });
    }
    expect(await stateOf(2)).toBe("todo");
    expect(await storyRoom(world.deps, "100-2")).toEqual({ limit: 2, inProgress: [1, 3], begun: false });
    expect(await storyRoom(world.deps, "100-3")).toEqual({ limit: 2, inProgress: [1], begun: true });
  });

  it("is claimed by one of two who come at once for the last place", async () => {
    world.limit = 2;
    const decisions = await Promise.all([claim(2), claim(3), claim(4)]);
    expect(decisions.map(({ kind }) => kind).toSorted()).toEqual(["moved", "refused", "refused"]);
  });
});

import { describe, expect, it } from "vitest";
import type { FailingCheck } from "../../../src/kernel/failing-check.ts";
import { assignReady } from "../../../src/workflow/application/assign-ready.ts";
import { cancelTasks } from "../../../src/workflow/application/cancel-tasks.ts";
import { councilFailed } from "../../../src/workflow/application/council-failed.ts";
import { findTasks, getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { handOverTask } from "../../../src/workflow/application/hand-over-task.ts";
import { linkTask } from "../../../src/workflow/application/link-task.ts";
import { recordCheck } from "../../../src/workflow/application/record-check.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { taskStandings } from "../../../src/workflow/infrastructure/task-standings.ts";
import { ask, create, first, push, review, second, stateOf, typesOf, useWorld, world } from "../a-run.ts";
import { agent, dev, feedback, holding, reviewer } from "../a-task.ts";
import type { WorkflowWorld } from "../a-world.ts";

useWorld();

describe("councils", () => {
  it("get every ready task, where the policy says so, and the next one after the merge", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    await assignReady(world.deps, "100-42");
    expect([await stateOf(), await stateOf(second)]).toEqual(["implementing", "todo"]);
    const assigned = (await world.events()).filter((event) => event.type === "workflow.task.assigned");
    expect(assigned).toMatchObject([{ payload: { assignee: { kind: "council" }, round: 1, feedback: [] } }]);
    await push(agent, "a");
    await review("approve", "a");
    await review("approve", "a");
    await review("approve", "a");
    expect(await stateOf()).toBe("done");
    await assignReady(world.deps, "100-42");
    expect(await stateOf(second)).toBe("todo");
    await recordMerge(world.deps, { taskId: first, mergeSha: "m", deliveryId: "d-m" });
    expect(await stateOf(second)).toBe("implementing");
  });

  it.each([
    [
      "on command",
      (w: WorkflowWorld) => {
        w.policy = { ...w.policy, start: "command" };
      },
    ],
    [
      "no model host",
      (w: WorkflowWorld) => {
        w.policy = { ...w.policy, available: false };
      },
    ],
    [
      "a story that is not worked on",
      (w: WorkflowWorld) => {
        w.story = w.story && { ...w.story, executing: false };
      },
    ],
    [
      "no story",
      (w: WorkflowWorld) => {
        w.story = null;
      },
    ],
    [
      "a plan that is not in force",
      (w: WorkflowWorld) => {
        w.story = w.story && { ...w.story, approvedPlan: 2 };
      },
    ],
  ])("get nothing with %s", async (_name, change) => {
    await create();
    change(world);
    await assignReady(world.deps, "100-42");
    expect(await stateOf()).toBe("todo");
  });

  it("that gave up are not asked again by themselves, but by somebody", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    expect(await councilFailed(world.deps, { taskId: first, reason: "nobody passed", round: 7 })).toEqual({
      kind: "unchanged",
    });
    expect(
      (await councilFailed(world.deps, { taskId: first, reason: "nobody passed", round: 1, deliveryId: "e-1" })).kind,
    ).toBe("moved");
    expect(await councilFailed(world.deps, { taskId: first, reason: "nobody passed" })).toEqual({ kind: "unchanged" });
    await assignReady(world.deps, "100-42");
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", councilGaveUp: "nobody passed" });
    const handOver = {
      taskId: first,
      assignee: { kind: "council" },
      principal: dev,
      roles: holding("developer"),
      deliveryId: "d-5",
    } as const;
    expect((await handOverTask(world.deps, handOver)).kind).toBe("moved");
    expect(await getTask(world.deps, first)).toMatchObject({ state: "implementing", round: 2, councilGaveUp: null });
    expect(await handOverTask(world.deps, handOver)).toEqual({ kind: "unchanged" });
  });

  it("leave what failed with the task until work is handed in, and what GitHub says until the head is another", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    const acceptance: FailingCheck = { by: "council", name: "acceptance", tests: ["criterion 1"], why: "1 of 2 pass" };
    await councilFailed(world.deps, { taskId: first, reason: "nobody passed", failing: [acceptance] });
    await push(dev, "draft");
    const failing = async () => (await getTask(world.deps, first))?.failingChecks?.map(({ by }) => by);
    const red = { name: "ci", failed: { summary: "It is red.", output: "" } };
    const headSha = (await getTask(world.deps, first))?.headSha ?? "";
    await recordCheck(world.deps, { taskId: first, ...red, headSha: "of-before" });
    expect(await failing()).toEqual(["council"]);
    await recordCheck(world.deps, { taskId: first, ...red, headSha });
    const { version } = (await getTask(world.deps, first)) ?? {};
    await recordCheck(world.deps, { taskId: first, ...red, headSha });
    expect(await getTask(world.deps, first)).toMatchObject({ version, failingChecks: [acceptance, { name: "ci" }] });
    await push(reviewer, "another");
    expect(await failing()).toEqual(["council"]);
    await ask("claim-task", dev);
    expect(await failing()).toEqual(["council"]);
    await push(dev, "work");
    expect(await getTask(world.deps, first)).toMatchObject({ state: "pending-arch-review" });
    expect(await failing()).toBeUndefined();
    await recordCheck(world.deps, { taskId: "100-99-p1-t1", ...red, headSha });
    expect(await getTask(world.deps, "100-99-p1-t1")).toBeNull();
  });

  it("are handed a task by its holder only, and one that was rejected by a developer", async () => {
    await create();
    await ask("claim-task", dev);
    const handOver = {
      taskId: first,
      assignee: { kind: "council" },
      principal: dev,
      roles: holding("developer"),
      deliveryId: null,
    } as const;
    expect(await handOverTask(world.deps, { ...handOver, principal: reviewer })).toMatchObject({
      refusal: { reason: "lease-taken" },
    });
    expect(await handOverTask(world.deps, { ...handOver, roles: holding("qa") })).toMatchObject({
      refusal: { reason: "role-missing", who: ["developer", "product-owner"] },
    });
    expect((await typesOf()).at(-1)).toBe("access.denied");
    expect((await handOverTask(world.deps, handOver)).kind).toBe("moved");
    expect((await listTaskHistory(world.deps, first)).map((record) => record.action)).toEqual([
      "claim-task",
      "release-task",
      "assign",
    ]);
    await push(agent, "a");
    await review("reject", "a");
    const person = { kind: "person", principal: dev } as const;
    expect((await handOverTask(world.deps, { ...handOver, assignee: person, feedback })).kind).toBe("moved");
    expect(await getTask(world.deps, first)).toMatchObject({ state: "implementing", assignee: person });
    await push(dev, "b");
    expect(await handOverTask(world.deps, handOver)).toMatchObject({ refusal: { reason: "not-in-this-state" } });
    world.policy = { ...world.policy, available: false };
    expect(await handOverTask(world.deps, handOver)).toMatchObject({ refusal: { reason: "no-model" } });
  });

  it("wait for the dependencies when somebody hands them a task", async () => {
    await create();
    const handOver = {
      taskId: second,
      assignee: { kind: "council" },
      principal: dev,
      roles: holding("developer"),
      deliveryId: null,
    } as const;
    expect(await handOverTask(world.deps, handOver)).toMatchObject({ refusal: { reason: "dependencies-open" } });
  });
});

describe("looking for tasks", () => {
  it("narrows by every field, and by the branch's story", async () => {
    await create();
    await linkTask(world.deps, { taskId: first, issueNumber: 43 });
    await linkTask(world.deps, { taskId: first, pullRequest: 44 });
    await linkTask(world.deps, { taskId: first, pullRequest: 44 });
    const ids = async (filter: Parameters<typeof findTasks>[1]) =>
      (await findTasks(world.deps, filter)).map((task) => task.id);
    expect(await getTask(world.deps, first)).toMatchObject({ issueNumber: 43, pullRequest: 44, version: 3 });
    expect(await ids({ repository: 100, issueNumber: 43 })).toEqual([first]);
    expect(await ids({ repository: 100, pullRequest: 44 })).toEqual([first]);
    expect(await ids({ repository: 100, branch: "fleet/42/t2-show-the-sum" })).toEqual([second]);
    expect(await ids({ branch: "fleet/42/t2-show-the-sum" })).toEqual([second]);
    expect(await ids({ repository: 100, branch: "main" })).toEqual([]);
    expect(await ids({ repository: 101, branch: "fleet/42/t2-show-the-sum" })).toEqual([]);
    expect(await ids({ states: ["todo"], storyId: "100-42" })).toEqual([first, second]);
    expect(await ids({ states: ["done"] })).toEqual([]);
  });

  it("tells planning how the latest plan stands", async () => {
    const standings = () => world.graph.read((tx) => taskStandings(tx, "100-42"));
    expect(await standings()).toEqual([]);
    await create();
    await cancelTasks(world.deps, "100-42", "reset");
    expect(await standings()).toEqual([
      { id: first, number: 1, state: "cancelled", merged: false },
      { id: second, number: 2, state: "cancelled", merged: false },
    ]);
    world.story = world.story && { ...world.story, approvedPlan: 2 };
    await create({ planVersion: 2 });
    expect((await standings()).map((task) => task.id)).toEqual(["100-42-p2-t1", "100-42-p2-t2"]);
  });
});

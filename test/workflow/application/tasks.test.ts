import { describe, expect, it } from "vitest";
import { system } from "../../../src/kernel/principal.ts";
import { approveStory } from "../../../src/workflow/application/approve-story.ts";
import { assignReady } from "../../../src/workflow/application/assign-ready.ts";
import { councilFailed } from "../../../src/workflow/application/council-failed.ts";
import { findTasks, getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { handOverTask } from "../../../src/workflow/application/hand-over-task.ts";
import { linkTask } from "../../../src/workflow/application/link-task.ts";
import { recordHead } from "../../../src/workflow/application/record-head.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { transitionTask } from "../../../src/workflow/application/transition-task.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import {
  ask,
  create,
  first,
  plan,
  push,
  review,
  second,
  stateOf,
  toApproval,
  typesOf,
  useWorld,
  world,
} from "../a-run.ts";
import { dev, feedback, holding, reviewer } from "../a-task.ts";

useWorld();

describe("creating tasks", () => {
  it("makes each once, with branch, relationships and event", async () => {
    await create();
    await create();
    const [one, two, ...others] = await findTasks(world.deps, { storyId: "100-42" });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      id: first,
      state: "todo",
      branch: "fleet/42/t1-sum-the-items",
      owner: "acme",
      storyIssue: 42,
      round: 0,
    });
    expect(two).toMatchObject({ id: second, dependsOn: [1], estimateHours: 1.5 });
    expect(await typesOf()).toEqual(["task.created"]);
    const edges = await world.graph.query(
      "MATCH (a)-[r:HAS_TASK|DEPENDS_ON]->(b) RETURN a.id AS a, type(r) AS r, b.id AS b, r.decidedBy AS by ORDER BY r, b",
    );
    expect(edges).toEqual([
      { a: second, r: "DEPENDS_ON", b: first, by: null },
      { a: "100-42-p1", r: "HAS_TASK", b: first, by: "@rita" },
      { a: "100-42-p1", r: "HAS_TASK", b: second, by: "@rita" },
    ]);
  });

  it("makes none of a plan that is not in force any more", async () => {
    world.story = null;
    await create();
    world.story = { owner: "acme", repo: "shop", issueNumber: 42, approvedPlan: null, executing: false };
    await create();
    expect(await findTasks(world.deps, {})).toEqual([]);
    world.story = { owner: "acme", repo: "shop", issueNumber: 42, approvedPlan: 1, executing: true };
    await create({ tasks: [] });
    expect(await findTasks(world.deps, {})).toEqual([]);
  });
});

describe("the road of a task by people", () => {
  it("goes from claim to merge, with a record of every step", async () => {
    await create();
    expect((await ask("claim-task", dev, { deliveryId: "d-1" })).kind).toBe("moved");
    expect((await push(dev, "a")).kind).toBe("moved");
    expect((await review("reject", "a")).kind).toBe("moved");
    expect(await stateOf()).toBe("arch-rejected");
    expect((await push(dev, "b")).kind).toBe("moved");
    expect((await review("approve", "b")).kind).toBe("moved");
    expect((await review("approve", "b")).kind).toBe("moved");
    const approved = await approveStory(world.deps, {
      storyId: "100-42",
      principal: reviewer,
      roles: holding("product-owner"),
      deliveryId: "d-9",
    });
    expect(approved.map((decision) => decision.kind)).toEqual(["moved"]);
    const records = await listTaskHistory(world.deps, first);
    expect(records.map((record) => record.action)).toEqual([
      "claim-task",
      "commit-code",
      "auto-route-to-architect",
      "claim-review",
      "reject-design",
      "revise-code",
      "commit-code",
      "auto-route-to-architect",
      "claim-review",
      "approve-design",
      "auto-route-to-qa",
      "claim-testing",
      "approve-tests",
      "auto-route-to-po",
      "approve-story",
      "auto-complete",
    ]);
    expect(records.slice(1).map((record) => record.from)).toEqual(records.slice(0, -1).map((record) => record.to));
    expect(records[4]).toMatchObject({ reason: feedback, role: "architect", headTree: "tree-a" });
    const task = await getTask(world.deps, first);
    expect(task).toMatchObject({ state: "done", round: 2, headTree: "tree-b", authors: ["human:3"], merged: false });
    expect(task?.feedback.map((entry) => entry.text)).toEqual([feedback]);
    await recordMerge(world.deps, { taskId: first, mergeSha: "m-1" });
    expect(await getTask(world.deps, first)).toMatchObject({ merged: true, mergeSha: "m-1" });
  });

  it("keeps an author from the gates, and says so in the audit", async () => {
    await create();
    await ask("claim-task", reviewer);
    await push(reviewer, "a");
    expect(await review("approve", "a")).toMatchObject({ kind: "refused", refusal: { reason: "own-work" } });
    expect((await world.events()).at(-1)).toMatchObject({
      type: "access.denied",
      payload: { reason: "own-work", action: "approve-design" },
    });
    expect(await stateOf()).toBe("pending-arch-review");
  });

  it("links the person, and no more after the task is given back", async () => {
    const assigned = () =>
      world.graph.query(
        "MATCH (t:Task)-[:ASSIGNED_TO]->(p:Person) RETURN t.id AS task, p.id AS person, p.login AS login",
      );
    await create();
    await ask("claim-task", dev);
    expect(await assigned()).toEqual([{ task: first, person: "human:3", login: "dana" }]);
    await ask("release-task", dev);
    expect(await assigned()).toEqual([]);
  });

  it("waits for the dependencies to be done and merged", async () => {
    await create();
    expect(await ask("claim-task", dev, { taskId: second })).toMatchObject({
      refusal: { reason: "dependencies-open" },
    });
    await toApproval(first);
    await ask("approve-story", reviewer);
    expect(await ask("claim-task", dev, { taskId: second })).toMatchObject({
      refusal: { reason: "dependencies-open" },
    });
    world.policy = { ...world.policy, start: "command" };
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    expect((await ask("claim-task", dev, { taskId: second })).kind).toBe("moved");
  });

  it("lets exactly one of many claims win", async () => {
    await create();
    const people = Array.from(
      { length: 20 },
      (_, index) => ({ kind: "human", id: 50 + index, login: `p${index}` }) as const,
    );
    const outcomes = await Promise.all(people.map((person) => ask("claim-task", person)));
    expect(outcomes.filter((outcome) => outcome.kind === "moved")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === "refused")).toHaveLength(19);
    expect(await listTaskHistory(world.deps, first)).toHaveLength(1);
  });

  it("saves nothing when it breaks off in the middle", async () => {
    await create();
    const broken = {
      ...world.deps,
      events: async () => {
        throw new Error("the engine went away");
      },
    };
    const claim = {
      taskId: first,
      action: "claim-task",
      principal: dev,
      roles: holding("developer"),
      now: world.now(),
    } as const;
    await expect(transitionTask(broken, claim)).rejects.toThrow("the engine went away");
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", version: 1, assignee: null });
    expect(await listTaskHistory(world.deps, first)).toEqual([]);
  });

  it("knows no task that is not there, and refuses one that changed under its hands", async () => {
    const unknown = { kind: "refused", refusal: { reason: "unknown-task" } };
    expect(await ask("claim-task", dev)).toMatchObject(unknown);
    expect(await push(dev, "a")).toMatchObject(unknown);
    expect(await review("approve", "a")).toMatchObject(unknown);
    expect(await councilFailed(world.deps, { taskId: first, reason: "x" })).toMatchObject(unknown);
    const handOver = {
      taskId: first,
      assignee: { kind: "council" },
      principal: dev,
      roles: holding("developer"),
      deliveryId: null,
    } as const;
    expect(await handOverTask(world.deps, handOver)).toMatchObject(unknown);
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    await expect(linkTask(world.deps, { taskId: first, issueNumber: 1 })).rejects.toThrow("no task");
    await create();
    const task = await getTask(world.deps, first);
    if (task === null) {
      throw new Error("The task is not there.");
    }
    const old = { ...task, version: 9 };
    await expect(world.graph.write((tx) => graphTasks.save(tx, old, { ...old, retries: 1 }, []))).rejects.toThrow(
      "changed while",
    );
  });
});

describe("heads", () => {
  it("void approvals when the tree changes, and not when only the commit does", async () => {
    await create();
    await toApproval(first);
    const same = {
      taskId: first,
      headTree: `tree-${first}`,
      authors: [],
      committer: system,
      deliveryId: "d-same",
    } as const;
    expect(await recordHead(world.deps, { ...same, headSha: "sha-amended" })).toEqual({ kind: "unchanged" });
    expect(await getTask(world.deps, first)).toMatchObject({ state: "pending-po-approval", headSha: "sha-amended" });
    expect((await world.events()).at(-1)).toMatchObject({
      type: "workflow.validation.required",
      payload: { role: "product-owner" },
    });
    expect((await push(dev, "z")).kind).toBe("moved");
    expect(await getTask(world.deps, first)).toMatchObject({
      state: "pending-arch-review",
      approvals: [],
      headTree: "tree-z",
    });
    expect(await push(dev, "z")).toEqual({ kind: "unchanged" });
  });

  it("are kept even where the push is refused", async () => {
    await create();
    await assignReady(world.deps, "100-42");
    expect(await push(dev, "x")).toMatchObject({ kind: "refused", refusal: { reason: "not-holder" } });
    expect(await getTask(world.deps, first)).toMatchObject({
      state: "implementing",
      headSha: "sha-x",
      authors: ["human:3"],
    });
    expect((await typesOf()).at(-1)).toBe("access.denied");
  });
});

describe("the end of a story's tasks", () => {
  async function bothApproved(): Promise<void> {
    const independent = plan.map((task) => ({ ...task, dependsOn: [] }));
    await create({ tasks: independent });
    await toApproval(first);
    await toApproval(second);
  }
  const completions = async () =>
    (await world.events()).filter((event) => event.type === "workflow.story.tasks-completed");

  it("is approved at once, and announced once, by the last merge", async () => {
    await bothApproved();
    const command = {
      storyId: "100-42",
      principal: reviewer,
      roles: holding("product-owner"),
      deliveryId: "d",
    } as const;
    expect((await approveStory(world.deps, command)).map((decision) => decision.kind)).toEqual(["moved", "moved"]);
    expect(await approveStory(world.deps, command)).toEqual([]);
    await Promise.all([first, second].map((taskId) => recordMerge(world.deps, { taskId, mergeSha: "m" })));
    await recordMerge(world.deps, { taskId: second, mergeSha: "m", deliveryId: "again" });
    expect(await completions()).toMatchObject([{ payload: { merged: 2 } }]);
  });

  it("is announced by an approval after the merge, and by discarding the last open task", async () => {
    await bothApproved();
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    expect(await completions()).toEqual([]);
    await ask("approve-story", reviewer);
    expect(await completions()).toEqual([]);
    await ask("discard-task", reviewer, { taskId: second, feedback });
    expect(await completions()).toMatchObject([{ payload: { merged: 1 } }]);
  });

  it("is none when every task was discarded", async () => {
    await bothApproved();
    await ask("discard-task", reviewer, { feedback });
    await ask("discard-task", reviewer, { taskId: second, feedback });
    expect(await completions()).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventBody, FleetEvent } from "../../../src/kernel/event.ts";
import type { TaskId } from "../../../src/kernel/ids.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import type { PlanTask } from "../../../src/kernel/plan.ts";
import { type Principal, principalKey, system } from "../../../src/kernel/principal.ts";
import { approveStory } from "../../../src/workflow/application/approve-story.ts";
import { assignReady } from "../../../src/workflow/application/assign-ready.ts";
import { cancelTasks } from "../../../src/workflow/application/cancel-tasks.ts";
import { councilFailed } from "../../../src/workflow/application/council-failed.ts";
import { createTasks } from "../../../src/workflow/application/create-tasks.ts";
import { findTasks, getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { handOverTask } from "../../../src/workflow/application/hand-over-task.ts";
import { releaseExpiredLeases, renewLease } from "../../../src/workflow/application/leases.ts";
import { linkTask } from "../../../src/workflow/application/link-task.ts";
import { recordHead } from "../../../src/workflow/application/record-head.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { reviewTask } from "../../../src/workflow/application/review-task.ts";
import { transitionTask } from "../../../src/workflow/application/transition-task.ts";
import type { RequestedTaskAction } from "../../../src/workflow/domain/task-machine.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { taskStandings } from "../../../src/workflow/infrastructure/task-standings.ts";
import { workflowSubscriber } from "../../../src/workflow/infrastructure/workflow-subscriber.ts";
import { agent, dev, feedback, holding, reviewer } from "../a-task.ts";
import { openWorkflowWorld, type WorkflowWorld } from "../a-world.ts";

const first: TaskId = "100-42-p1-t1";
const second: TaskId = "100-42-p1-t2";
const hour = 60 * 60 * 1000;
const plan: readonly PlanTask[] = [
  {
    number: 1,
    title: "Sum the items",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1],
  },
  {
    number: 2,
    title: "Show the sum",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 1.5,
    dependsOn: [1],
    covers: [2],
  },
];
let world: WorkflowWorld;

beforeEach(async () => {
  world = await openWorkflowWorld();
});

afterEach(async () => {
  await world.graph.close();
});

async function create(changes: { planVersion?: number; tasks?: readonly PlanTask[] } = {}): Promise<void> {
  const command = {
    storyId: "100-42",
    installation: 11,
    repository: 100,
    planVersion: 1,
    tasks: plan,
    decidedBy: reviewer,
  } as const;
  await createTasks(world.deps, { ...command, ...changes });
}

function ask(
  action: RequestedTaskAction,
  principal: Principal,
  changes: { taskId?: TaskId; deliveryId?: string; feedback?: string } = {},
) {
  const roles =
    principal.kind === "system" ? holding("system") : holding("developer", "architect", "qa", "product-owner");
  return transitionTask(world.deps, { taskId: first, action, principal, roles, now: world.now(), ...changes });
}

function push(committer: Principal, sha: string, taskId: TaskId = first) {
  const authors = [principalKey(committer)];
  return recordHead(world.deps, {
    taskId,
    headSha: `sha-${sha}`,
    headTree: `tree-${sha}`,
    authors,
    committer,
    deliveryId: null,
  });
}

function review(
  verdict: "approve" | "reject",
  sha: string,
  changes: { taskId?: TaskId; deliveryId?: string; principal?: Principal } = {},
) {
  return reviewTask(world.deps, {
    taskId: first,
    verdict,
    principal: reviewer,
    roles: holding("architect", "qa", "product-owner"),
    feedback,
    headSha: `sha-${sha}`,
    headTree: `tree-${sha}`,
    checksGreen: true,
    deliveryId: null,
    now: world.now(),
    ...changes,
  });
}

/** Takes a task to `pending-po-approval`, by people. */
async function toApproval(taskId: TaskId): Promise<void> {
  await ask("claim-task", dev, { taskId });
  await push(dev, taskId, taskId);
  await review("approve", taskId, { taskId });
  await review("approve", taskId, { taskId });
}

async function stateOf(taskId: TaskId = first): Promise<string | undefined> {
  return (await getTask(world.deps, taskId))?.state;
}

async function typesOf(taskId: TaskId = first): Promise<readonly string[]> {
  return (await world.events())
    .filter((event) => event.subject.task === taskId)
    .map((event) => event.type.replace("workflow.", ""));
}

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

describe("leases", () => {
  it("end, unless somebody shows that he is at work", async () => {
    await create();
    await ask("claim-task", dev);
    world.pass(hour);
    await renewLease(world.deps, first);
    await renewLease(world.deps, second);
    world.pass(1.5 * hour);
    expect(await releaseExpiredLeases(world.deps)).toBe(0);
    world.pass(hour);
    expect(await releaseExpiredLeases(world.deps)).toBe(1);
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", assignee: null });
    expect(await releaseExpiredLeases(world.deps)).toBe(0);
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

describe("workflow's subscriber", () => {
  let events = 0;

  function event(body: EventBody, task: TaskId | null = null): FleetEvent {
    events += 1;
    return createEvent(body, {
      id: `01EVENT${events}`,
      now: world.now(),
      producer: "test",
      correlationId: "d-1",
      causationId: null,
      subject: { installation: 11, repository: 100, story: "100-42", task },
    });
  }

  function approved(): FleetEvent {
    const payload = { planVersion: 1, planHash: "h", tasks: [...plan], principal: reviewer };
    return event({ type: "planning.plan.approved", payload });
  }

  function storyMoved(action: string, reason: string | null = null): FleetEvent {
    const payload = {
      action,
      principal: reviewer,
      role: "product-owner",
      reason,
      deliveryId: null,
      from: "testing",
      to: "draft",
    } as const;
    return event({ type: "planning.story.transitioned", payload });
  }

  /** The event of the task's last transition, as the relay brings it. */
  async function lastTransition(): Promise<FleetEvent> {
    const last = (await world.events()).filter((candidate) => candidate.type === "workflow.task.transitioned").at(-1);
    if (last === undefined) {
      throw new Error("There was no transition.");
    }
    return last;
  }

  it("creates and assigns the tasks of an approved plan, once", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const event = approved();
    await subscriber.handle(event);
    await subscriber.handle(event);
    expect([await stateOf(), await stateOf(second)]).toEqual(["implementing", "todo"]);
    expect(
      (await world.events()).every((entry) => entry.correlationId === "d-1" && entry.causationId === event.id),
    ).toBe(true);
    expect(await typesOf()).toEqual(["task.created", "task.transitioned", "task.assigned"]);
  });

  it.each(["reset", "re-estimate", "invalidate-scope", "cancel", "archive"])(
    "cancels the open tasks after %s",
    async (action) => {
      const subscriber = workflowSubscriber(world.deps);
      await subscriber.handle(approved());
      await subscriber.handle(storyMoved(action, feedback));
      expect([await stateOf(), await stateOf(second)]).toEqual(["cancelled", "cancelled"]);
      expect((await listTaskHistory(world.deps, first)).at(-1)?.reason).toBe(`The story: ${action}: ${feedback}`);
    },
  );

  it("does not cancel the tasks of a plan that was approved since", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const reset = storyMoved("reset");
    world.pass(1000);
    await subscriber.handle(approved());
    await subscriber.handle(reset);
    expect(await stateOf()).toBe("implementing");
    await subscriber.handle(storyMoved("reset"));
    expect((await listTaskHistory(world.deps, first)).at(-1)?.reason).toBe("The story: reset.");
  });

  it("goes on with a story that continues, and leaves other moves alone", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.story = world.story && { ...world.story, executing: false };
    await subscriber.handle(approved());
    await subscriber.handle(storyMoved("carry-over"));
    expect(await stateOf()).toBe("todo");
    world.story = world.story && { ...world.story, executing: true };
    await subscriber.handle(storyMoved("continue"));
    expect(await stateOf()).toBe("implementing");
  });

  it("lets the council answer a rejection, as long as it has rounds", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, maxRounds: 2 };
    await subscriber.handle(approved());
    await push(agent, "a");
    await review("reject", "a");
    const rejected = await lastTransition();
    await subscriber.handle(rejected);
    await subscriber.handle(rejected);
    expect(await getTask(world.deps, first)).toMatchObject({ state: "implementing", round: 2 });
    expect((await world.events()).at(-1)).toMatchObject({
      payload: { round: 2, feedback: [feedback] },
      causationId: rejected.id,
    });
    await push(agent, "b");
    await review("reject", "b");
    await subscriber.handle(await lastTransition());
    expect(await stateOf()).toBe("arch-rejected");
  });

  it("lets the council answer the product owner's rejection, or gives the task back with the reason", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, maxRounds: 2 };
    await subscriber.handle(approved());
    for (const sha of ["a", "b"]) {
      await push(agent, sha);
      await review("approve", sha);
      await review("approve", sha);
      await review("reject", sha);
      expect(await stateOf()).toBe("implementing");
      const rejected = await lastTransition();
      await subscriber.handle(rejected);
      await subscriber.handle(rejected);
    }
    const assigned = (await world.events()).filter((entry) => entry.type === "workflow.task.assigned");
    expect(assigned.map((entry) => entry.payload.round)).toEqual([1, 2]);
    expect(await getTask(world.deps, first)).toMatchObject({
      state: "todo",
      councilGaveUp: "The council has used its 2 rounds.",
    });
  });

  it.each([
    ["available", { start: "auto", available: false, maxRounds: 9 }, "No model host is configured."],
    ["start", { start: "command", available: true, maxRounds: 9 }, "Councils start on command in this repository."],
  ] as const)(
    "gives the task back after the product owner's rejection where the policy forbids: %s",
    async (_name, policy, why) => {
      const subscriber = workflowSubscriber(world.deps);
      await subscriber.handle(approved());
      await push(agent, "a");
      await review("approve", "a");
      await review("approve", "a");
      await review("reject", "a");
      world.policy = policy;
      await subscriber.handle(await lastTransition());
      expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", councilGaveUp: why });
    },
  );

  it("leaves a person's rejected work to the person", async () => {
    const subscriber = workflowSubscriber(world.deps);
    await create();
    await ask("claim-task", dev);
    await push(dev, "a");
    await review("reject", "a");
    await subscriber.handle(await lastTransition());
    expect(await stateOf()).toBe("arch-rejected");
  });

  it("takes the task from a council that failed, of this round only", async () => {
    const subscriber = workflowSubscriber(world.deps);
    await subscriber.handle(approved());
    const failed = (round: number, kind: "plan" | "implementation" = "implementation") =>
      event(
        { type: "deliberation.failed", payload: { deliberationId: `${first}-r${round}`, kind, reason: "no sandbox" } },
        first,
      );
    await subscriber.handle(failed(2));
    await subscriber.handle(failed(1, "plan"));
    expect(await stateOf()).toBe("implementing");
    const work = { deliberationId: `${first}-r1`, round: 1, reason: "nobody passed" };
    await subscriber.handle(event({ type: "agent.work.failed", payload: work }, first));
    await subscriber.handle(failed(1));
    expect(await getTask(world.deps, first)).toMatchObject({ state: "todo", councilGaveUp: "nobody passed" });
  });

  it("assigns what waited once a task is done and merged", async () => {
    const subscriber = workflowSubscriber(world.deps);
    world.policy = { ...world.policy, start: "command" };
    await create();
    await toApproval(first);
    await recordMerge(world.deps, { taskId: first, mergeSha: "m" });
    world.policy = { ...world.policy, start: "auto" };
    await ask("approve-story", reviewer);
    await subscriber.handle(await lastTransition());
    expect(await stateOf(second)).toBe("implementing");
  });

  it("ignores what is about nothing that it knows", async () => {
    const subscriber = workflowSubscriber(world.deps);
    const stray = storyMoved("reset");
    await subscriber.handle({ ...stray, subject: { ...stray.subject, story: "x", task: "y" } });
    await subscriber.handle({ ...stray, subject: { ...stray.subject, story: null } });
    expect(await findTasks(world.deps, {})).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storyId, type TaskId, taskId } from "../../../src/kernel/ids.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { findTasks, getTask, listTaskHistory } from "../../../src/workflow/application/find-tasks.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { transitionTask } from "../../../src/workflow/application/transition-task.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { tasksInStates } from "../../../src/workflow/infrastructure/task-standings.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { aTask, dev, holding } from "../a-task.ts";
import { openWorkflowWorld, type WorkflowWorld } from "../a-world.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];

describe.each(engines)("tasks on $name", ({ open, missing }) => {
  // A store may be shared and old: a repository of its own keeps this run's tasks apart.
  const repository = Date.now();
  let world: WorkflowWorld;

  beforeAll(async () => {
    if (!missing) {
      world = await openWorkflowWorld(open);
      world.policy = { ...world.policy, start: "command" };
    }
  });

  afterAll(async () => {
    if (!missing) {
      await world.graph.write(async (tx) => {
        await tx.run("MATCH (n)-[:NEXT]->(t) WHERE n.repository = $repository DETACH DELETE t", { repository });
        await tx.run("MATCH (n) WHERE n.repository = $repository DETACH DELETE n", { repository });
      });
      await world.graph.close();
    }
  });

  async function create(issue: number, count: number, changes: Partial<Task>): Promise<readonly TaskId[]> {
    const story = storyId(repository, issue);
    const tasks = Array.from({ length: count }, (_, index) =>
      aTask({
        repository,
        storyId: story,
        storyIssue: issue,
        number: index + 1,
        id: taskId(story, 1, index + 1),
        ...changes,
      }),
    );
    const created = await world.graph.write((tx) => graphTasks.create(tx, tasks, "@rita"));
    return created.map((task) => task.id);
  }

  it.skipIf(missing)("are told apart by their state, among those that are asked about", async () => {
    const [done = ""] = await create(90, 1, { state: "done" });
    const [other = ""] = await create(91, 1, { state: "done" });
    const [open = ""] = await create(92, 1, { state: "pending-qa" });
    const inStates = (ids: readonly string[]) =>
      world.graph.read((tx) => tasksInStates(tx, ids, ["po-approved", "done"]));
    expect(await inStates([done, open, "7-0-p1-t1"])).toEqual([done]);
    expect(await inStates([other, open])).toEqual([other]);
    expect(await inStates([])).toEqual([]);
  });

  it.skipIf(missing)("come back as they were saved", async () => {
    const [id] = await create(1, 1, {});
    const before = id === undefined ? null : await getTask(world.deps, id);
    if (id === undefined || before === null) {
      throw new Error("The task is not there.");
    }
    const full: Task = {
      ...before,
      estimateHours: 1.5,
      dependsOn: [2, 3],
      issueNumber: 7,
      pullRequest: 8,
      assignee: { kind: "person", principal: dev },
      leaseExpiresAt: "2026-03-01T12:00:00.000Z",
      councilGaveUp: "why",
      feedback: [{ round: 1, role: "qa", by: "@rita", text: "“no” 💥", at: "2026-03-01T12:00:00.000Z" }],
      merged: true,
      mergeSha: "m",
      handled: ["d/retry"],
    };
    await world.graph.write((tx) => graphTasks.save(tx, before, full, []));
    const saved = { ...full, version: before.version + 1 };
    expect(await getTask(world.deps, id)).toEqual(saved);
    await world.graph.write((tx) => graphTasks.save(tx, saved, { ...before, version: saved.version }, []));
    expect(await getTask(world.deps, id)).toEqual({ ...before, version: before.version + 2 });
    expect((await findTasks(world.deps, { repository, branch: before.branch })).map((task) => task.id)).toEqual([]);
    expect(await findTasks(world.deps, { repository, states: ["todo"] })).toHaveLength(1);
  });

  it.skipIf(missing)("are claimed once by many people", async () => {
    const [id] = await create(2, 1, { assignee: null });
    if (id === undefined) {
      throw new Error("The task is not there.");
    }
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        transitionTask(world.deps, {
          taskId: id,
          action: "claim-task",
          principal: { kind: "human", id: 50 + index, login: `p${index}` },
          roles: holding("developer"),
          now: world.now(),
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.kind === "moved")).toHaveLength(1);
    expect(await listTaskHistory(world.deps, id)).toHaveLength(1);
  });

  it.skipIf(missing)("that are merged at the same moment are announced as complete once", async () => {
    const ids = await create(3, 6, { state: "done" });
    expect(ids).toHaveLength(6);
    await Promise.all(ids.map((id) => recordMerge(world.deps, { taskId: id, mergeSha: "m" })));
    const rows = await world.graph.query(
      "MATCH (e:Event {story: $story}) WHERE e.type = 'workflow.story.tasks-completed' RETURN e.payload AS payload",
      { story: storyId(repository, 3) },
    );
    expect(rows).toEqual([{ payload: '{"merged":6}' }]);
  });
});

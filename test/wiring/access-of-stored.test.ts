import { afterAll, beforeAll, expect, test } from "vitest";
import { readTogether } from "../../src/context/application/access/read-entities.ts";
import { columnsOf } from "../../src/context/domain/access/columns.ts";
import type { Entity } from "../../src/context/domain/access/entities.ts";
import type { Viewer } from "../../src/context/domain/access/entity-query.ts";
import { readRows } from "../../src/context/infrastructure/access/graph-entities.ts";
import type { Principal } from "../../src/kernel/principal.ts";
import type { Role } from "../../src/kernel/roles.ts";
import { stateDecision } from "../../src/planning/application/record-decision.ts";
import { recordIssue } from "../../src/planning/application/record-issue.ts";
import { graphTasks } from "../../src/workflow/infrastructure/graph-tasks.ts";
import { alice, aPlan, holding, issueFacts } from "../planning/a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../planning/a-world.ts";
import { aTask, dev } from "../workflow/a-task.ts";

const task = aTask({ version: 1, assignee: null });
const anything: readonly Entity[] = ["epic", "story", "plan", "task", "decision"];
let world: PlanningWorld;

/** A story of a milestone with its plan, one task of it that a person has, and a decision. */
beforeAll(async () => {
  world = await openPlanningWorld();
  const { deps, graph } = world;
  const story = await recordIssue(deps, issueFacts({ milestone: { number: 3, title: "Sprint 3" } }));
  await graph.write(async (tx) => {
    await deps.stories.save(tx, story, { ...story, plan: aPlan() }, []);
    await graphTasks.create(tx, [task], "alice");
    await graphTasks.save(tx, task, { ...task, assignee: { kind: "person", principal: dev } }, []);
  });
  await stateDecision(deps, {
    storyId: story.id,
    taskId: null,
    text: "Prices are integers, in cents.",
    affects: { pullRequest: null, commit: null, files: ["src/price.ts"] },
    principal: alice,
    roles: holding("architect"),
    key: "comment-1-0",
    deliveryId: "d-1",
  });
});

afterAll(() => world.graph.close());

/** All that a viewer can read there, by entity. */
async function seenBy(role: Role, principal: Principal, installation = task.installation) {
  const { repository } = task;
  const own = principal.kind === "agent" ? task.id : null;
  const viewer: Viewer = { installation, repository, principal, role, roles: holding(role), task: own };
  const deps = { graph: world.graph, readRows, recordAccesses: async () => {} };
  const columns = (entity: Entity) => columnsOf(role, entity, principal.kind === "agent");
  const entities = anything.filter((entity) => columns(entity).length > 0);
  const query = entities.map((entity) => ({ entity, fields: columns(entity), limit: 10 }));
  const pages = await readTogether(deps, { viewer, purpose: "test", query });
  return Object.fromEntries(entities.map((entity, n) => [entity, pages[n]?.rows]));
}

test("a product owner sees what the fleet has stored", async () => {
  expect(await seenBy("product-owner", alice)).toMatchSnapshot();
});

test("whoever has the task sees it, and what is above it", async () => {
  expect(await seenBy("developer", dev)).toMatchSnapshot();
});

test("somebody else sees nothing of it, nor anybody in another installation", async () => {
  const none = { story: [], plan: [], task: [], decision: [] };
  expect(await seenBy("developer", alice)).toEqual(none);
  expect(await seenBy("product-owner", alice, task.installation + 1)).toEqual({ epic: [], ...none });
});

test("its agent sees what its person would, but who the person is", async () => {
  const agent = { kind: "agent", role: "developer", number: 1 } as const;
  const { task: tasks, ...above } = await seenBy("developer", dev);
  const unnamed = tasks?.map(({ assignee: _, ...rest }) => rest);
  expect(await seenBy("developer", agent)).toEqual({ ...above, task: unnamed });
});

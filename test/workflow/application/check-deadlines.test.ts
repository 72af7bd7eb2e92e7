import { afterEach, beforeEach, expect, it } from "vitest";
import { toIso } from "../../../src/kernel/clock.ts";
import { checkDeadlines } from "../../../src/workflow/application/check-deadlines.ts";
import { getTask } from "../../../src/workflow/application/find-tasks.ts";
import { defaultSla } from "../../../src/workflow/domain/deadlines.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { aTask, now } from "../a-task.ts";
import { openWorkflowWorld, type WorkflowWorld } from "../a-world.ts";

const hour = 60 * 60 * 1000;
let world: WorkflowWorld;
const waiting = aTask({ state: "pending-arch-review", stateSince: toIso(now), pullRequest: 7, deadlines: [] });

beforeEach(async () => {
  world = await openWorkflowWorld();
  await world.graph.write((tx) => graphTasks.create(tx, [waiting], "the test"));
});
afterEach(() => world.graph.close());

it("announces what is over once, keeps the due date with the task, and says where", async () => {
  expect(await checkDeadlines(world.deps)).toBe(0);
  expect((await getTask(world.deps, waiting.id))?.deadlines[0]).toMatchObject({ kind: "review", remindedAt: null });
  world.pass(2 * hour);
  expect([await checkDeadlines(world.deps), await checkDeadlines(world.deps)]).toEqual([1, 0]);
  world.pass(47 * hour);
  expect(await checkDeadlines(world.deps)).toBe(1);
  const events = (await world.events()).filter((event) => event.type === "workflow.task.overdue");
  expect(events.map(({ payload }) => payload)).toMatchObject([
    { deadline: "review", role: "architect", owner: "acme", repo: "shop", number: 7, task: 1 },
    { deadline: "task", role: null, number: 7 },
  ]);
});

it("reminds nobody in quiet time, and after it of what was due before", async () => {
  const quiet = { timezone: "UTC", from: "12:30", to: "13:30", days: [] };
  world.sla = { ...defaultSla, quiet };
  world.pass(2.75 * hour);
  expect(await checkDeadlines(world.deps)).toBe(0);
  world.pass(hour);
  expect(await checkDeadlines(world.deps)).toBe(1);
});

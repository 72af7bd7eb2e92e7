import { afterEach, beforeEach, expect, it } from "vitest";
import { system } from "../../../src/kernel/principal.ts";
import { checkStoryDeadlines } from "../../../src/planning/application/check-story-deadlines.ts";
import { getStory } from "../../../src/planning/application/find-stories.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { transitionStory } from "../../../src/planning/application/transition-story.ts";
import { type DecisionTime, overdueDecision } from "../../../src/planning/domain/story-deadline.ts";
import type { StoryAction } from "../../../src/planning/domain/story-machine.ts";
import { alice, holding, issueFacts, planTasks } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

const hour = 60 * 60 * 1000;
const storyId = "100-42" as const;
let world: PlanningWorld;
let time: DecisionTime;
const check = () => checkStoryDeadlines({ ...world.deps, decisionTime: async () => time });
const story = async () => {
  const found = await getStory(world.deps, storyId);
  if (found === null) throw new Error("there is a story");
  return found;
};
const act = (action: StoryAction, more: object = {}) =>
  transitionStory(world.deps, {
    storyId,
    action,
    principal: alice,
    roles: holding("product-owner"),
    deliveryId: null,
    at: new Date(world.deps.clock()).toISOString(),
    ...more,
  });
const derive = () =>
  act("derive-plan", { principal: system, roles: holding("system"), plan: { tasks: planTasks, source: "typed" } });
const overdue = async () =>
  (await world.events()).flatMap((event) => (event.type === "planning.story.overdue" ? [event.payload] : []));

beforeEach(async () => {
  world = await openPlanningWorld();
  time = { decisionMs: 24 * hour, quiet: null };
  await recordIssue(world.deps, issueFacts());
});
afterEach(() => world.graph.close());

it("gives the product owner a time for the text and one for the plan, reminds once of each, and ends with the move", async () => {
  expect([await check(), (await story()).deadline]).toEqual([0, null]);
  await act("submit");
  world.pass(hour);
  expect(await check()).toBe(0);
  // From when it came to the product owner, not from when the fleet looked.
  const begun = (await story()).deadline;
  expect(begun?.since.slice(0, 16)).toBe("2026-03-01T10:00");
  expect(begun).toMatchObject({ dueAt: expect.stringMatching(/^2026-03-02T10:00/), remindedAt: null });

  world.pass(23 * hour);
  expect([await check(), await check()]).toEqual([1, 0]);
  expect(overdueDecision(await story())?.since).toBe(begun?.since);

  await act("approve-scope");
  expect((await story()).deadline).toBeNull();
  await derive();
  expect([await check(), overdueDecision(await story())]).toEqual([0, null]);
  world.pass(24 * hour);
  expect([await check(), await check()]).toEqual([1, 0]);
  expect(await overdue()).toMatchObject([
    { state: "po-review", role: "product-owner", owner: "acme", repo: "shop", number: 42 },
    { state: "planned", role: "product-owner", number: 42 },
  ]);
});

it("begins anew when the story comes back, and waits for the end of quiet time", async () => {
  await act("submit");
  await check();
  await act("reject-scope", { feedback: "It does not say what an empty cart costs." });
  expect((await story()).deadline).toBeNull();
  world.pass(20 * hour);
  await act("submit");
  world.pass(20 * hour);
  expect(await check()).toBe(0);
  // 40 hours after 10:00 it is 2 at night.
  time = { ...time, quiet: { timezone: "UTC", from: "01:30", to: "06:00", days: [] } };
  world.pass(5 * hour - hour);
  expect(await check()).toBe(1);
});

it("lets an edited plan keep its time, and asks nobody about a story whose issue is gone", async () => {
  await act("submit");
  await act("approve-scope");
  await derive();
  await check();
  const before = (await story()).deadline;
  await act("edit-plan", { plan: { tasks: planTasks.slice(0, 1), source: "typed" } });
  expect([(await story()).plan?.version, (await story()).deadline]).toEqual([2, before]);
  const gone = { principal: system, roles: holding("system"), feedback: "The issue was deleted." };
  await act("withdraw", gone);
  expect((await story()).withdrawn).toBe(true);
  world.pass(48 * hour);
  expect(await check()).toBe(0);
});

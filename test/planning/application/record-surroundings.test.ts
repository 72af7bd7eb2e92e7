import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getStory } from "../../../src/planning/application/find-stories.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { recordSurroundings } from "../../../src/planning/application/record-surroundings.ts";
import { issueFacts } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

let world: PlanningWorld;
beforeAll(async () => {
  world = await openPlanningWorld();
});
afterAll(() => world.graph.close());

describe("a story's surroundings", () => {
  it("are kept as far as they are told, without an event and without touching the text", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    const events = (await world.events()).length;
    const [milestone, parent] = [
      { number: 3, title: "Sprint 3" },
      { number: 9, title: "Carts" },
    ];
    const storyId = story.id;
    expect(await recordSurroundings(world.deps, { storyId, milestone, parent })).toBe(true);
    expect(await recordSurroundings(world.deps, { storyId, openBlockers: 2 })).toBe(true);
    expect(await getStory(world.deps, storyId)).toEqual({ ...story, milestone, parent, openBlockers: 2, version: 3 });
    expect(await recordSurroundings(world.deps, { storyId, milestone, openBlockers: 2 }), "again").toBe(false);
    expect(await recordSurroundings(world.deps, { storyId, milestone: null, parent: null })).toBe(true);
    expect(await getStory(world.deps, storyId)).toMatchObject({ milestone: null, parent: null, openBlockers: 2 });
    expect((await world.events()).length).toBe(events);
  });

  it("of no story are nothing", async () => {
    expect(await recordSurroundings(world.deps, { storyId: "100-4711", openBlockers: 1 })).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PlanningUseCases } from "../../src/github/translate/app-deps.ts";
import type { StoryAction } from "../../src/planning/domain/story-machine.ts";
import { bindPlanning } from "../../src/wiring/bind-planning.ts";
import { alice, at, holding, issueFacts } from "../planning/a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../planning/a-world.ts";

const id = "100-42";
let world: PlanningWorld;
/** Two processes on one graph: what one does, the other does not see by itself. */
let here: PlanningUseCases;
let there: PlanningUseCases;

beforeEach(async () => {
  world = await openPlanningWorld();
  here = bindPlanning(world.deps);
  there = bindPlanning(world.deps);
});

afterEach(() => world.graph.close());

function command(planning: PlanningUseCases, action: StoryAction, deliveryId: string) {
  const story = planning.recallStory(id) ?? expect.fail("the story is not remembered");
  const request = { storyId: story.id, action, principal: alice, roles: holding("product-owner"), deliveryId, at };
  return { ...request, seen: { story, facts: null } };
}

describe("a story that a process remembers", () => {
  test("is nothing before it was seen, and then what was committed last", async () => {
    expect(here.recallStory(id)).toBeNull();
    const created = await here.recordIssue(issueFacts());
    expect(here.recallStory(id)).toEqual(created);
    await here.transitionStory(command(here, "submit", "d-2"));
    expect(here.recallStory(id)).toEqual(await there.getStory(id));
  });

  test("moves without being read", async () => {
    await here.recordIssue(issueFacts());
    const loads = [vi.spyOn(world.deps.stories, "load"), vi.spyOn(world.deps.stories, "loadForChange")];
    expect(await here.transitionRemembered(command(here, "submit", "d-2"))).toMatchObject({ kind: "moved" });
    const edit = issueFacts({ title: "Sort the list of slots by their end", updatedAt: "2026-03-01T10:00:09Z" });
    const recorded = await here.recordRemembered(edit, here.recallStory(id) ?? expect.fail());
    for (const load of loads) expect(load).not.toHaveBeenCalled();
    expect(recorded).toEqual(await there.getStory(id));
    expect(recorded).toMatchObject({ state: "po-review", title: edit.title });
    expect(here.recallStory(id)).toEqual(recorded);
  });

  test("that another process has moved since saves nothing, and is known again once it is read", async () => {
    await here.recordIssue(issueFacts());
    await there.getStory(id);
    await there.transitionStory(command(there, "submit", "d-2"));
    const stored = await there.getStory(id);

    expect(await here.transitionRemembered(command(here, "submit", "d-3"))).toBeNull();
    const edit = issueFacts({ title: "Sort the list of slots by their end", updatedAt: "2026-03-01T10:00:09Z" });
    expect(await here.recordRemembered(edit, here.recallStory(id) ?? expect.fail())).toBeNull();
    expect(await there.getStory(id)).toEqual(stored);
    expect((await world.events()).map(({ type }) => type)).toEqual([
      "planning.story.created",
      "planning.story.transitioned",
    ]);
    expect(await here.getStory(id)).toEqual(stored);
    expect(here.recallStory(id)).toEqual(stored);
  });

  test("is never decided against from memory, and facts that are no news are not taken for news", async () => {
    await here.recordIssue(issueFacts());
    expect(await here.transitionRemembered(command(here, "approve-scope", "d-2"))).toBeNull();
    expect(await here.recordRemembered(issueFacts(), here.recallStory(id) ?? expect.fail())).toBeNull();
  });
});

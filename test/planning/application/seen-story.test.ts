import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { getStory } from "../../../src/planning/application/find-stories.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { transitionStory } from "../../../src/planning/application/transition-story.ts";
import type { IssueFacts } from "../../../src/planning/domain/issue-facts.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import type { StoryAction } from "../../../src/planning/domain/story-machine.ts";
import { alice, at, holding, issueFacts, readyBody } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

const id = "100-42";
let world: PlanningWorld;

beforeEach(async () => {
  world = await openPlanningWorld();
});

afterEach(async () => {
  await world.graph.close();
});

function ask(action: StoryAction, deliveryId: string, seen: { story: Story; facts: IssueFacts | null }) {
  return transitionStory(world.deps, {
    storyId: id,
    action,
    principal: alice,
    roles: holding("product-owner"),
    deliveryId,
    at,
    seen,
  });
}

async function types(): Promise<readonly string[]> {
  return (await world.events()).map((event) => event.type.replace("planning.", ""));
}

function countLoads() {
  return vi.spyOn(world.deps.stories, "loadForChange");
}

describe("a story that the caller has seen", () => {
  it("moves together with what its issue says now, without being loaded again", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    const loads = countLoads();
    const facts = issueFacts({ labels: ["fleet:story", "story/po-review"], updatedAt: "2026-03-01T10:00:05Z" });
    expect(await ask("submit", "d-2", { story, facts })).toMatchObject({ kind: "moved" });
    expect(loads).not.toHaveBeenCalled();
    expect(await getStory(world.deps, id)).toMatchObject({
      state: "po-review",
      version: story.version + 1,
      labels: facts.labels,
      issueUpdatedAt: facts.updatedAt,
    });
    expect(await types()).toEqual(["story.created", "story.transitioned"]);
  });

  it("is loaded for change when it has changed since, and then the decision is about what it is now", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    await ask("submit", "d-2", { story, facts: null });
    const loads = countLoads();
    expect(await ask("submit", "d-3", { story, facts: null })).toEqual({ kind: "unchanged" });
    expect(await ask("approve-scope", "d-4", { story, facts: null })).toMatchObject({ kind: "moved" });
    expect(loads).toHaveBeenCalledTimes(2);
    expect((await getStory(world.deps, id))?.state).toBe("ready-for-planning");
    expect(await types()).toEqual(["story.created", "story.transitioned", "story.transitioned"]);
  });

  it("moves once, of many that saw the same", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    const asks = Array.from({ length: 20 }, (_, n) => ask("submit", `d-${n}`, { story, facts: null }));
    const kinds = (await Promise.all(asks)).map((decision) => decision.kind);
    expect(kinds.filter((kind) => kind === "moved")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "unchanged")).toHaveLength(19);
    expect(await types()).toEqual(["story.created", "story.transitioned"]);
  });

  it("whose approval is void by what the issue says goes back first, and the request is refused there", async () => {
    let story = await recordIssue(world.deps, issueFacts());
    await ask("submit", "d-2", { story, facts: null });
    await ask("approve-scope", "d-3", { story, facts: null });
    story = (await getStory(world.deps, id)) ?? story;
    const facts = issueFacts({ body: `${readyBody}\nAnd more.`, updatedAt: "2026-03-01T10:00:05Z" });
    const decision = await ask("approve-plan", "d-4", { story, facts });
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "not-in-this-state" } });
    expect(await getStory(world.deps, id)).toMatchObject({ state: "po-review", body: facts.body });
  });

  it("is recorded as it stands now, also when another was seen; the same facts again write nothing", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    const edited = issueFacts({ body: `${readyBody}\nOnce.`, updatedAt: "2026-03-01T10:00:05Z" });
    const once = await recordIssue(world.deps, edited, story);
    expect(once).toMatchObject({ version: story.version + 1, body: edited.body });
    const again = issueFacts({ body: `${readyBody}\nTwice.`, updatedAt: "2026-03-01T10:00:06Z" });
    const twice = await recordIssue(world.deps, again, story);
    expect(twice).toMatchObject({ version: story.version + 2, body: again.body });
    expect(await getStory(world.deps, id)).toEqual(twice);
    const commits = world.commits();
    expect(await recordIssue(world.deps, again, twice)).toBe(twice);
    expect(world.commits()).toBe(commits);
  });

  it("is not moved a second time by an engine that is away", async () => {
    const story = await recordIssue(world.deps, issueFacts());
    await world.graph.close();
    await expect(ask("submit", "d-2", { story, facts: null })).rejects.toThrow("The graph is closed.");
  });
});

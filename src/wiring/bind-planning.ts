import { LRUCache } from "lru-cache";
import type { PlanningUseCases } from "../github/translate/app-deps.ts";
import { assignEpic } from "../planning/application/assign-epic.ts";
import { createCeremony } from "../planning/application/ceremonies/create-ceremony.ts";
import { ceremoniesOf, findCeremonies, getCeremony } from "../planning/application/ceremonies/find-ceremonies.ts";
import { transitionCeremony } from "../planning/application/ceremonies/transition-ceremony.ts";
import { derivePlan } from "../planning/application/derive-plan.ts";
import { findStories, listStoryHistory, getStory as readStory } from "../planning/application/find-stories.ts";
import { judgeDecision } from "../planning/application/judge-decision.ts";
import { mendTexts } from "../planning/application/mend-texts.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import { findDecisions, stateDecision } from "../planning/application/record-decision.ts";
import { recordIssue, recordRemembered } from "../planning/application/record-issue.ts";
import { recordPutBack } from "../planning/application/record-put-back.ts";
import { recordSurroundings } from "../planning/application/record-surroundings.ts";
import { transitionRemembered, transitionStory } from "../planning/application/transition-story.ts";
import type { Story } from "../planning/domain/story.ts";
import type { StoryDecision } from "../planning/domain/story-request.ts";

/**
 * Planning's use cases with their dependencies bound, as the drivers call them. `getStory`: a quicker way to read one;
 * `remembered`: how many stories.
 */
export function bindPlanning(
  deps: PlanningDeps,
  { getStory = (id) => readStory(deps, id) }: Partial<Pick<PlanningUseCases, "getStory">> = {},
  remembered = 1_000,
): PlanningUseCases {
  const stories = new LRUCache<string, Story>({ max: remembered });
  /** Only what is committed is kept, and never over something newer. */
  function keep<T extends Story | null>(story: T): T {
    if (story !== null && story.version > (stories.get(story.id)?.version ?? -1)) stories.set(story.id, story);
    return story;
  }
  function keepMoved<T extends StoryDecision | null>(decision: T): T {
    if (decision?.kind === "moved") keep({ ...decision.story, version: decision.story.version + 1 });
    return decision;
  }
  return {
    recordIssue: async (facts, known) => keep(await recordIssue(deps, facts, known)),
    transitionStory: async (command) => keepMoved(await transitionStory(deps, command)),
    derivePlan: (command) => derivePlan(deps, command),
    getStory: async (id) => keep(await getStory(id)),
    recallStory: (id) => stories.get(id) ?? null,
    recordRemembered: async (facts, story) => keep(await recordRemembered(deps, facts, story)),
    transitionRemembered: async (command) => keepMoved(await transitionRemembered(deps, command)),
    recordSurroundings: (facts) => recordSurroundings(deps, facts),
    assignEpic: (command) => assignEpic(deps, command),
    mendTexts: (stories) => mendTexts(deps, stories),
    recordPutBack: (command) => recordPutBack(deps, command),
    findStories: (filter) => findStories(deps, filter),
    storyHistory: (id) => listStoryHistory(deps, id),
    stateDecision: (command) => stateDecision(deps, command),
    judgeDecision: (command) => judgeDecision(deps, command),
    createCeremony: (command) => createCeremony(deps, command),
    transitionCeremony: (command) => transitionCeremony(deps, command),
    getCeremony: (id) => getCeremony(deps, id),
    findCeremonies: (filter) => findCeremonies(deps, filter),
    ceremoniesOf: (id) => ceremoniesOf(deps, id),
    decisions: (id) => findDecisions(deps, id),
    taskStandings: (id) => deps.graph.read((tx) => deps.tasks(tx, id)),
  };
}

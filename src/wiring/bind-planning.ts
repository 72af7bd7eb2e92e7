import type { PlanningUseCases } from "../github/translate/app-deps.ts";
import { derivePlan } from "../planning/application/derive-plan.ts";
import { getStory, listStoryHistory } from "../planning/application/find-stories.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import { recordIssue } from "../planning/application/record-issue.ts";
import { transitionStory } from "../planning/application/transition-story.ts";

/** Planning's use cases with their dependencies bound, as the drivers call them. */
export function bindPlanning(deps: PlanningDeps): PlanningUseCases {
  return {
    recordIssue: (facts, known) => recordIssue(deps, facts, known),
    transitionStory: (command) => transitionStory(deps, command),
    derivePlan: (command) => derivePlan(deps, command),
    getStory: (id) => getStory(deps, id),
    storyHistory: (id) => listStoryHistory(deps, id),
    taskStandings: (id) => deps.graph.read((tx) => deps.tasks(tx, id)),
  };
}

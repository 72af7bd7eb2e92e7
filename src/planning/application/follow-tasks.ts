import { toIso } from "../../kernel/clock.ts";
import type { StoryId } from "../../kernel/ids.ts";
import { followStoryTasks } from "../domain/follow-tasks.ts";
import type { StoryDecision } from "../domain/story-request.ts";
import type { Cause } from "./commands.ts";
import type { PlanningDeps } from "./ports.ts";
import { saveDecision, unknownStory } from "./story-changes.ts";

/**
 * Moves a story to where its tasks are, by the system's rows, in one transaction. It looks at how the tasks stand now,
 * not at what an event said, so it may be called in any order and as often as one likes.
 */
export async function followTasks(deps: PlanningDeps, storyId: StoryId, cause?: Cause): Promise<StoryDecision> {
  const decision = await deps.graph.write(async (tx) => {
    const story = await deps.stories.loadForChange(tx, storyId);
    if (story === null) {
      return unknownStory;
    }
    const moves = followStoryTasks(story, await deps.tasks(tx, storyId), toIso(deps.clock()));
    await saveDecision(deps, tx, story, moves, cause ?? null);
    return moves;
  });
  deps.committed?.();
  return decision;
}

import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { StoryState } from "../../kernel/states.ts";
import { permitOnStory, rolesOfRow } from "./decide-story.ts";
import type { Story } from "./story.ts";
import { refuseByGuard } from "./story-guards.ts";
import { type StoryAction, type StoryTransition, storyRows } from "./story-machine.ts";
import type { StoryFacts } from "./story-request.ts";

/** One action that leads on from the story's state. */
export type AvailableStoryAction = {
  readonly action: StoryAction;
  readonly to: StoryState;
  readonly needsFeedback: boolean;
  readonly summary: string;
  /** Why this principal may not take it now; null where it may. Feedback that is still to be given does not count. */
  readonly refusal: Refusal | null;
};

/** Every action of the story's state, with whether this principal may take it now: for `/help` and the API. */
export function availableStoryActions(
  story: Story,
  principal: Principal,
  roles: RoleAnswer,
  facts: StoryFacts,
): readonly AvailableStoryAction[] {
  return leadingOn(story).map((row) => {
    const permission = permitOnStory(story, row, principal, roles);
    return {
      action: row.action,
      to: row.to,
      needsFeedback: row.needsFeedback,
      summary: row.summary,
      refusal: permission.allowed ? refuseByGuard(row.guard, story, facts, rolesOfRow(row)) : permission.refusal,
    };
  });
}

/**
 * The rows that lead on; one that leads from a state to itself has its effect already, and one of the fleet's own without a
 * condition is no way on but what befalls a story.
 */
export function leadingOn(story: Story): readonly StoryTransition[] {
  return storyRows.filter((row) => row.from.includes(story.state) && row.to !== story.state && !befalls(row));
}

function befalls(row: StoryTransition): boolean {
  return row.guard === null && row.by.every((actor) => actor === "system");
}

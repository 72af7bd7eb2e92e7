import { toIso } from "../../kernel/clock.ts";
import type { StoryState } from "../../kernel/states.ts";
import { afterWorkingTime, type QuietTime } from "../../kernel/working-time.ts";
import type { Story, StoryDeadline } from "./story.ts";

/** How long the product owner may take for a decision, in milliseconds of working time (DOMAIN.md §3). */
export type DecisionTime = { readonly decisionMs: number; readonly quiet: QuietTime | null };

/**
 * The states in which a story waits for the product owner. In `ready-to-review` it is each task that waits, with a
 * deadline of its own; a story that was carried over waits on purpose.
 */
export const statesWithDeadline: readonly StoryState[] = ["po-review", "planned"];

/** The deadline of a story that waits longer than agreed; null where it does not. */
export function overdueDecision(story: Pick<Story, "state" | "deadline">): StoryDeadline | null {
  const { state, deadline } = story;
  return deadline !== null && deadline.remindedAt !== null && statesWithDeadline.includes(state) ? deadline : null;
}

/**
 * A waiting story's deadline as it is at `now` (ms): begun where it has none, and marked where its time is over. `since`
 * says when it came to where it waits. Returns the same deadline where nothing changed.
 */
export function deadlineAt(story: Story, since: string, time: DecisionTime, now: number): StoryDeadline {
  const deadline = story.deadline ?? begun(since, time);
  const isOver = deadline.remindedAt === null && Date.parse(deadline.dueAt) <= now;
  return isOver ? { ...deadline, remindedAt: toIso(now) } : deadline;
}

function begun(since: string, { decisionMs, quiet }: DecisionTime): StoryDeadline {
  return { since, dueAt: toIso(afterWorkingTime(Date.parse(since), decisionMs, quiet)), remindedAt: null };
}

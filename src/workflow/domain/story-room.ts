import type { StoryId } from "../../kernel/ids.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { StoryState, TaskState } from "../../kernel/states.ts";

/** A story from `ready-for-execution` to `ready-to-review`, as `limits.stories-in-progress` counts it. */
export type StoryInExecution = {
  readonly id: StoryId;
  readonly issueNumber: number;
  readonly state: StoryState;
  /** When it came to `ready-for-execution` (ISO 8601): the order in which stories begin. */
  readonly approvedAt: string;
};

/** The states that fleet.yml's `limits.stories-in-progress` counts. */
const countedStates: readonly StoryState[] = ["in-progress", "code-review", "testing", "ready-to-review"];

/** Whether a story takes a place, whoever works on it. */
export function takesPlace(state: StoryState): boolean {
  return countedStates.includes(state);
}

/** Whether a move of a story may leave another place for others, or take one. */
export function changesRoom(from: StoryState, to: StoryState): boolean {
  const leavesBegun = from === "ready-for-execution" && to !== from && !takesPlace(to);
  return takesPlace(from) !== takesPlace(to) || leavesBegun;
}

/**
 * Whether a story has begun: it takes a place, or one of its tasks is claimed or assigned already and the story's own move
 * follows (DOMAIN.md §2, `start`). `tasks`: those of its latest plan.
 */
export function hasBegun({ state }: StoryInExecution, tasks: readonly { readonly state: TaskState }[]): boolean {
  if (state !== "ready-for-execution") return true;
  return tasks.some((task) => task.state !== "todo" && task.state !== "cancelled");
}

/** What a story finds in its repository. */
export type StoryRoom = {
  /** How many stories may be in progress. */
  readonly limit: number;
  /** The issue numbers of the others that have begun. */
  readonly inProgress: readonly number[];
  /** Whether it has begun itself: it keeps its place. */
  readonly begun: boolean;
};

/** Whether a story must wait until another one leaves. */
export function lacksRoom({ limit, inProgress, begun }: StoryRoom): boolean {
  return !begun && inProgress.length >= limit;
}

/** The limit and who takes its places, as one sentence. */
export function roomRule({ limit, inProgress }: StoryRoom): string {
  const count = `${inProgress.length} ${inProgress.length === 1 ? "story is" : "stories are"}`;
  const numbers = inProgress.map((number) => `issue ${number}`).join(", ");
  return `${count} in progress in this repository (${numbers}), and ${limit} may be (limits.stories-in-progress).`;
}

/** The broken condition of a task whose story must wait; null where it need not, or nothing limits it. */
export function refuseWithoutRoom(room: StoryRoom | null | undefined): Omit<Refusal, "who"> | null {
  if (room == null || !lacksRoom(room)) return null;
  return {
    reason: "stories-in-progress",
    rule: roomRule(room),
    next: "Help with one of those until it is accepted, or ask the product owner to take one out with /carry-over; whoever may change .github/fleet.yml raises the limit.",
  };
}

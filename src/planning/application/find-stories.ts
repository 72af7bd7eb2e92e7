import type { StoryId } from "../../kernel/ids.ts";
import type { StoryState } from "../../kernel/states.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Story, TransitionRecord } from "../domain/story.ts";
import type { PlanningDeps, Stories, StoryFilter } from "./ports.ts";

type ReadDeps = Pick<PlanningDeps, "graph" | "stories">;

/** The story; null where there is none. */
export function getStory(deps: ReadDeps, id: StoryId): Promise<Story | null> {
  return deps.graph.read((tx) => deps.stories.load(tx, id));
}

/** The stories that a filter leaves, ordered by repository and issue number. */
export function findStories(deps: ReadDeps, filter: StoryFilter): Promise<readonly Story[]> {
  return deps.graph.read((tx) => deps.stories.find(tx, filter));
}

/** Every transition of a story, oldest first. */
export function listStoryHistory(deps: ReadDeps, id: StoryId): Promise<readonly TransitionRecord[]> {
  return deps.graph.read((tx) => deps.stories.history(tx, id));
}

/** What other contexts need to know of a story to work on it. */
export type StoryInExecution = {
  readonly owner: string;
  readonly repo: string;
  readonly issueNumber: number;
  /** The version of the plan in force; null while none is approved. */
  readonly approvedPlan: number | null;
  /** Whether work on it goes on: from `ready-for-execution` to `accepted`. */
  readonly executing: boolean;
};

const executing: readonly StoryState[] = [
  "ready-for-execution",
  "in-progress",
  "code-review",
  "testing",
  "ready-to-review",
  "accepted",
];

/** A story that is being executed, as `limits.stories-in-progress` counts it. */
export type CountedStory = {
  readonly id: StoryId;
  readonly issueNumber: number;
  readonly state: StoryState;
  /** When it came to `ready-for-execution` (ISO 8601). */
  readonly approvedAt: string;
};

/**
 * Answers workflow's question which stories of a repository may be in progress: from `ready-for-execution` to
 * `ready-to-review`. Only of those that have not begun it is looked up when they were approved.
 */
export function createFindStoriesInExecution(
  stories: Stories,
): (tx: Transaction, repository: number) => Promise<readonly CountedStory[]> {
  const states = executing.filter((state) => state !== "accepted");
  return async (tx, repository) => {
    const counted: CountedStory[] = [];
    for (const { id, issueNumber, state, issueUpdatedAt } of await stories.find(tx, { repository, states })) {
      const history = state === "ready-for-execution" ? await stories.history(tx, id) : [];
      const approvedAt = history.findLast(({ from, to }) => from !== to && to === state)?.at ?? issueUpdatedAt;
      counted.push({ id, issueNumber, state, approvedAt });
    }
    return counted;
  };
}

/** Answers workflow's question about a story, in workflow's transaction; `main.ts` wires it. */
export function createFindStoryFacts(
  stories: Stories,
): (tx: Transaction, id: StoryId) => Promise<StoryInExecution | null> {
  return async (tx, id) => {
    const story = await stories.load(tx, id);
    return story === null
      ? null
      : {
          owner: story.owner,
          repo: story.repo,
          issueNumber: story.issueNumber,
          approvedPlan: story.plan?.status === "approved" ? story.plan.version : null,
          executing: executing.includes(story.state),
        };
  };
}

import { repositoryOf, type StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { latestPlan } from "../domain/plan-progress.ts";
import { hasBegun, type StoryInExecution, type StoryRoom } from "../domain/story-room.ts";
import type { WorkflowDeps } from "./ports.ts";

/** What a story finds in its repository; null where fleet.yml sets no limit (`limits.stories-in-progress`). */
export async function storyRoom(deps: WorkflowDeps, storyId: StoryId): Promise<StoryRoom | null> {
  const limit = await deps.storyLimit(repositoryOf(storyId));
  return limit === null ? null : deps.graph.read((tx) => countRoom(deps, tx, storyId, limit));
}

/**
 * The same to act on, in a transaction that writes: no other story of the repository begins until it ends. It comes before
 * any task is loaded for change, so that two transactions never wait for one another.
 */
export async function takeRoom(
  deps: WorkflowDeps,
  tx: Transaction,
  storyId: StoryId,
  limit: number | null,
): Promise<StoryRoom | null> {
  if (limit === null) return null;
  await deps.tasks.lockStories(tx, repositoryOf(storyId));
  return countRoom(deps, tx, storyId, limit);
}

async function countRoom(deps: WorkflowDeps, tx: Transaction, storyId: StoryId, limit: number): Promise<StoryRoom> {
  const { begun, waiting } = await storiesByRoom(deps, tx, repositoryOf(storyId));
  const others = begun.filter(({ id }) => id !== storyId);
  return {
    limit,
    inProgress: others.map(({ issueNumber }) => issueNumber),
    begun: !waiting.some(({ id }) => id === storyId),
  };
}

/** The repository's stories in execution: those that have begun, and the others in the order of their approval. */
export async function storiesByRoom(deps: WorkflowDeps, tx: Transaction, repository: number) {
  const begun: StoryInExecution[] = [];
  const waiting: StoryInExecution[] = [];
  for (const story of await deps.storiesInExecution(tx, repository)) {
    const isBegun = hasBegun(story, latestPlan(await deps.tasks.find(tx, { storyId: story.id })));
    (isBegun ? begun : waiting).push(story);
  }
  const order = ({ approvedAt }: StoryInExecution) => Date.parse(approvedAt);
  return { begun, waiting: waiting.toSorted((a, b) => order(a) - order(b) || a.issueNumber - b.issueNumber) };
}

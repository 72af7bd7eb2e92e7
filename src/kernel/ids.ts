import { getRandomValues } from "node:crypto";
import { monotonicFactory } from "ulidx";

/** GitHub's numeric repository id, which survives renames and transfers. */
export type RepositoryId = number;

/**
 * A story's id: `<repository id>-<issue number>`. Derived, not drawn, so that two deliveries about one issue can never
 * make two stories.
 */
export type StoryId = `${number}-${number}`;

/** A task's id: `<story id>-p<plan version>-t<n>`, derived for the same reason. */
export type TaskId = `${StoryId}-p${number}-t${number}`;

/** A ceremony's id: `<story id>-c<n>`, the n-th of the issue on which it was called. */
export type CeremonyId = `${StoryId}-c${number}`;

/** The review of one story in a ceremony, which is also its deliberation's id: `<ceremony id>-s<issue number>`. */
export type ReviewId = `${CeremonyId}-s${number}`;

export function storyId(repository: RepositoryId, issueNumber: number): StoryId {
  return `${repository}-${issueNumber}`;
}

export function taskId(story: StoryId, planVersion: number, number: number): TaskId {
  return `${story}-p${planVersion}-t${number}`;
}

export function ceremonyId(calledOn: StoryId, number: number): CeremonyId {
  return `${calledOn}-c${number}`;
}

export function reviewId(ceremony: CeremonyId, story: StoryId): ReviewId {
  return `${ceremony}-s${Number(story.slice(story.indexOf("-") + 1))}`;
}

/** The repository that an id names. */
export function repositoryOf(id: StoryId | TaskId | CeremonyId): RepositoryId {
  return Number(id.slice(0, id.indexOf("-")));
}

/** The story whose task an id names. */
export function storyOf(id: TaskId): StoryId {
  const [repository, issue] = id.split("-");
  return storyId(Number(repository), Number(issue));
}

/** Draws event ids: ULIDs that rise within one process, so that an outbox read by id is read in order. */
export type NewId = () => string;

/** A factory of ULIDs; `now` in milliseconds. */
export function createNewId(now: () => number): NewId {
  const next = monotonicFactory(createRandom());
  return () => next(now());
}

/** Random numbers from 0 to 1 out of a buffer: one system call for a thousand instead of one for each. */
function createRandom(): () => number {
  const numbers = new Uint32Array(1_024);
  let used = numbers.length;
  return () => {
    if (used === numbers.length) {
      getRandomValues(numbers);
      used = 0;
    }
    const number = numbers[used] ?? 0;
    used += 1;
    return number / 2 ** 32;
  };
}

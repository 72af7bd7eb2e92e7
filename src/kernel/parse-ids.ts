import { type CeremonyId, repositoryOf, type StoryId, storyId, type TaskId } from "./ids.ts";

/** Whether a string has the form of a story's id. */
export function isStoryId(value: string): value is StoryId {
  return /^\d+-\d+$/.test(value);
}

/** Whether a string has the form of a task's id. */
export function isTaskId(value: string): value is TaskId {
  return /^\d+-\d+-p\d+-t\d+$/.test(value);
}

/** Whether a string has the form of a ceremony's id. */
export function isCeremonyId(value: string): value is CeremonyId {
  return /^\d+-\d+-c\d+$/.test(value);
}

/** The ceremony and the story that a review's id names; null for an id of another form. */
export function partsOfReviewId(value: string): { readonly ceremonyId: CeremonyId; readonly storyId: StoryId } | null {
  const [, ceremony = "", issue = ""] = /^(\d+-\d+-c\d+)-s(\d+)$/.exec(value) ?? [];
  return isCeremonyId(ceremony)
    ? { ceremonyId: ceremony, storyId: storyId(repositoryOf(ceremony), Number(issue)) }
    : null;
}

import { isStoryId, isTaskId, partsOfReviewId } from "../../kernel/parse-ids.ts";
import { reviewableState } from "../../kernel/review.ts";
import { adviceId, type Deliberation } from "../domain/deliberation.ts";
import { isAdvised } from "./request-advice.ts";
import type { Wanted } from "./request-deliberation.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

export type StillWantedDeps = Pick<DeliberationUseCaseDeps, "storyFacts" | "taskFacts" | "isReviewAwaited">;

/** What it was asked for, with the facts of now; null where that is not wanted any more. */
export async function stillWanted(deps: StillWantedDeps, deliberation: Deliberation): Promise<Wanted | null> {
  const { id, kind, round, correlationId, causationId } = deliberation;
  if (!isStoryId(deliberation.story)) return null;
  const story = await deps.storyFacts(deliberation.story);
  if (story === null) return null;
  const asked = { id, kind, round, story, members: deliberation.members.length, cause: { correlationId, causationId } };
  if (kind === "implementation") {
    const taskId = deliberation.task;
    const task = taskId !== null && isTaskId(taskId) ? await deps.taskFacts(taskId) : null;
    return task?.heldByCouncil === true ? { ...asked, task, feedback: task.feedback } : null;
  }
  if (kind === "advice") return adviceStillWanted(deps, deliberation, asked);
  const plain = { ...asked, task: null, feedback: story.planFeedback };
  if (kind === "plan") return story.state === "ready-for-planning" ? plain : null;
  const review = partsOfReviewId(id);
  const isAwaited = review !== null && (await deps.isReviewAwaited(review.ceremonyId, review.storyId));
  return isAwaited && story.state === reviewableState ? plain : null;
}

async function adviceStillWanted(
  deps: StillWantedDeps,
  { id, task: taskId }: Deliberation,
  asked: Omit<Wanted, "task" | "feedback">,
): Promise<Wanted | null> {
  const task = taskId !== null && isTaskId(taskId) ? await deps.taskFacts(taskId) : null;
  if (task === null || task.headSha === null || task.headTree === null || !isAdvised(task.state)) return null;
  if (adviceId(task.id, task.headTree) !== id) return null;
  return { ...asked, task, headSha: task.headSha, feedback: task.feedback };
}

import type { StoryFacts, TaskFacts } from "../deliberation/application/use-case-ports.ts";
import { type StoryId, storyOf, type TaskId } from "../kernel/ids.ts";
import { getStory } from "../planning/application/find-stories.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import { partStory } from "../planning/domain/business-sections.ts";
import { scoreReadiness } from "../planning/domain/readiness.ts";
import { findTasks } from "../workflow/application/find-tasks.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";
import { feedbackText } from "../workflow/domain/feedback-text.ts";
import { testsWaitingFor } from "../workflow/domain/plan-progress.ts";

type StoryReads = Pick<PlanningDeps, "graph" | "stories">;
type TaskReads = Pick<WorkflowDeps, "graph" | "tasks">;

/** A story as councils know it; null where there is none. */
export async function storyFacts(planning: StoryReads, id: StoryId): Promise<StoryFacts | null> {
  const story = await getStory(planning, id);
  if (story === null) return null;
  // No worker is told more than agents may see.
  const { description: body } = partStory(story.body);
  return { ...story, body, number: story.issueNumber, criteria: scoreReadiness(story).criteria };
}

/** A task as councils know it; null where there is none. */
export async function taskFacts(workflow: TaskReads, id: TaskId): Promise<TaskFacts | null> {
  const ofStory = await findTasks(workflow, { storyId: storyOf(id) });
  const task = ofStory.find((each) => each.id === id);
  if (task === undefined) return null;
  const others = ofStory.filter(
    (other) => other.planVersion === task.planVersion && other.id !== id && other.state !== "cancelled",
  );
  const testBranches = testsWaitingFor(task, others).map(({ branch }) => branch);
  const heldByCouncil = task.state === "implementing" && task.assignee?.kind === "council";
  return {
    ...task,
    others,
    testBranches,
    heldByCouncil,
    feedback: task.feedback.map((said) => `${said.role}: ${feedbackText(said)}`),
  };
}

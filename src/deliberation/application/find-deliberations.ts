import { type StoryId, storyOf, type TaskId } from "../../kernel/ids.ts";
import type { Deliberation } from "../domain/deliberation.ts";
import type { DeliberationUseCaseDeps, Spent } from "./use-case-ports.ts";

type ReadDeps = Pick<DeliberationUseCaseDeps, "graph" | "deliberations">;

/** The latest deliberation of a task, or the latest planning council of a story, with its outcome. */
export async function latestDeliberation(
  deps: ReadDeps,
  about: { readonly taskId: TaskId } | { readonly storyId: StoryId },
): Promise<Deliberation | null> {
  const task = "taskId" in about ? about.taskId : null;
  const story = "taskId" in about ? about.taskId.replace(/-p\d+-t\d+$/, "") : about.storyId;
  const [latest] = await deps.graph.read((tx) => deps.deliberations.find(tx, { story, task }));
  return latest ?? null;
}

/** The newest advice on a task's change, with its outcome; null where there is none. */
export function latestAdvice(deps: ReadDeps, taskId: TaskId): Promise<Deliberation | null> {
  return deps.graph.read((tx) => deps.deliberations.adviceOn(tx, { story: storyOf(taskId), task: taskId }));
}

/** Every deliberation of a story, its plans and its tasks' alike, oldest first. */
export function deliberationsOf(deps: ReadDeps, storyId: StoryId): Promise<readonly Deliberation[]> {
  return deps.graph.read((tx) => deps.deliberations.ofStory(tx, storyId));
}

/** One deliberation with its outcome, by id. */
export function getDeliberation(deps: ReadDeps, id: string): Promise<Deliberation | null> {
  return deps.graph.read((tx) => deps.deliberations.load(tx, id));
}

/** What the deliberations of a story used up so far. */
export function spentOn(deps: ReadDeps, storyId: StoryId): Promise<Spent> {
  return deps.graph.read((tx) => deps.deliberations.spent(tx, storyId));
}

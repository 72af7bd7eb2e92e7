import type { TaskId } from "../../kernel/ids.ts";
import type { Task, TransitionRecord } from "../domain/task.ts";
import type { TaskFilter, WorkflowDeps } from "./ports.ts";

type ReadDeps = Pick<WorkflowDeps, "graph" | "tasks">;

/** The task; null where there is none. */
export function getTask(deps: ReadDeps, id: TaskId): Promise<Task | null> {
  return deps.graph.read((tx) => deps.tasks.load(tx, id));
}

/** The tasks that a filter leaves, ordered by repository, story, plan version and number. */
export function findTasks(deps: ReadDeps, filter: TaskFilter): Promise<readonly Task[]> {
  return deps.graph.read((tx) => deps.tasks.find(tx, filter));
}

/** Every transition of a task, oldest first. */
export function listTaskHistory(deps: ReadDeps, id: TaskId): Promise<readonly TransitionRecord[]> {
  return deps.graph.read((tx) => deps.tasks.history(tx, id));
}

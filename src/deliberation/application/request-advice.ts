import type { TaskId } from "../../kernel/ids.ts";
import type { TaskState } from "../../kernel/states.ts";
import { adviceRoles } from "../domain/advice.ts";
import { adviceId } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import { type Cause, type Requested, requestDeliberation } from "./request-deliberation.ts";
import { stopDeliberations } from "./stop-deliberations.ts";
import type { DeliberationUseCaseDeps, TaskFacts } from "./use-case-ports.ts";

/** The states in which somebody decides on a change and may want advice. */
const advisedStates: readonly TaskState[] = ["pending-arch-review", "arch-reviewing", "pending-qa", "qa-testing"];

/** Whether a task's change waits at a gate for which there is advice. */
export function isAdvised(state: TaskState): boolean {
  return advisedStates.includes(state);
}

/** What became of asking for advice. `own-work`: the change is a council's own. `not-now`: nothing waits at a gate. */
export type AdviceRequested = Requested | { readonly kind: "own-work" | "not-now" };

/**
 * Asks the architect's and qa's councils to look at the change with which a task waits at a gate. Only at what people made,
 * since nobody judges his own work; at one tree once; advice on an earlier head stops.
 */
export async function requestAdvice(
  deps: DeliberationUseCaseDeps,
  taskId: TaskId,
  cause: Cause,
): Promise<AdviceRequested> {
  const task = await deps.taskFacts(taskId);
  const story = task === null ? null : await deps.storyFacts(task.storyId);
  if (task === null || story === null || task.headSha === null || task.headTree === null || !isAdvised(task.state))
    return { kind: "not-now" };
  const id = adviceId(taskId, task.headTree);
  await stopOthers(deps, task, id, cause);
  if (!(await isByPeople(deps, task, task.headTree))) return { kind: "own-work" };
  return requestDeliberation(deps, {
    id,
    kind: "advice",
    round: Math.max(1, task.round),
    story,
    task,
    headSha: task.headSha,
    feedback: task.feedback,
    members: adviceRoles.length,
    cause,
  });
}

/** People worked on the branch, and its tree is none that a council brought. */
async function isByPeople(deps: DeliberationUseCaseDeps, task: TaskFacts, tree: string): Promise<boolean> {
  if (!task.authors.some((author) => author.startsWith("human:"))) return false;
  return !(await deps.graph.read((tx) =>
    deps.deliberations.hasCandidate(tx, { story: task.storyId, task: task.id, tree }),
  ));
}

async function stopOthers(deps: DeliberationUseCaseDeps, task: TaskFacts, id: string, cause: Cause): Promise<void> {
  const all = await deps.graph.read((tx) => deps.deliberations.ofStory(tx, task.storyId));
  const others = all.filter(
    (each) => each.kind === "advice" && each.task === task.id && each.id !== id && !isFinalStatus(each.status),
  );
  for (const other of others)
    await stopDeliberations(deps, {
      storyId: task.storyId,
      of: { deliberation: other.id },
      reason: "The change was pushed to.",
      deliveryId: `${cause.causationId ?? cause.correlationId}-${other.id}`,
    });
}

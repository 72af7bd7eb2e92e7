import { isStoryId, isTaskId, partsOfReviewId } from "../../kernel/parse-ids.ts";
import { reviewableState } from "../../kernel/review.ts";
import { type BudgetAccount, usedUp } from "../domain/council-budget.ts";
import { adviceId, type Deliberation } from "../domain/deliberation.ts";
import { budgetAccounts } from "./budget-accounts.ts";
import { recordReport } from "./record-report.ts";
import { isAdvised } from "./request-advice.ts";
import { noModelReason, requestDeliberation, type Wanted, waitingNote } from "./request-deliberation.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/**
 * Starts what waits for a budget wherever there are some again: after midnight UTC, once a limit is raised, or when a council
 * ended that held more than it used. In each repository those that were asked for first go first. It may be called at any
 * time, also for one story alone; returns how many began.
 * @throws what kept one of them from starting; the others are not kept by it.
 */
export async function startWaiting(deps: DeliberationUseCaseDeps, story?: string): Promise<number> {
  const all = await deps.graph.read((tx) => deps.deliberations.waiting(tx));
  const waiting = all.filter((each) => story === undefined || each.story === story);
  const failures: unknown[] = [];
  let begun = 0;
  for (const deliberation of waiting) {
    try {
      begun += (await startOne(deps, deliberation)) ? 1 : 0;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return begun;
}

async function startOne(deps: DeliberationUseCaseDeps, deliberation: Deliberation): Promise<boolean> {
  const accounts = deliberation.grant === null ? await budgetAccounts(deps, deliberation) : [];
  if (usedUp(accounts).length > 0) {
    await noteAnew(deps, deliberation, accounts);
    return false;
  }
  const wanted = await stillWanted(deps, deliberation);
  // Nobody waits for it any more: what took its task, plan or ceremony away ends it by its own event.
  if (wanted === null) return false;
  const requested = await requestDeliberation(deps, wanted);
  if (requested.kind === "no-model") {
    const { id: deliberationId } = deliberation;
    await recordReport(deps, { kind: "failed", deliberationId, status: "failed", reason: noModelReason });
  }
  return requested.kind === "requested";
}

/** What it waits for is another limit than before, or the figures are others: its note says so. */
async function noteAnew(deps: DeliberationUseCaseDeps, { id, note }: Deliberation, accounts: readonly BudgetAccount[]) {
  const now = waitingNote(accounts);
  if (now === note) return;
  await deps.graph.write(async (tx) => {
    const present = await deps.deliberations.loadForChange(tx, id);
    if (present?.status !== "waiting" || present.grant !== null) return;
    await deps.deliberations.save(tx, { ...present, note: now });
  });
}

/** What it was asked for, with the facts of now; null where that is not wanted any more. */
async function stillWanted(deps: DeliberationUseCaseDeps, deliberation: Deliberation): Promise<Wanted | null> {
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
  deps: DeliberationUseCaseDeps,
  { id, task: taskId }: Deliberation,
  asked: Omit<Wanted, "task" | "feedback">,
): Promise<Wanted | null> {
  const task = taskId !== null && isTaskId(taskId) ? await deps.taskFacts(taskId) : null;
  if (task === null || task.headSha === null || task.headTree === null || !isAdvised(task.state)) return null;
  if (adviceId(task.id, task.headTree) !== id) return null;
  return { ...asked, task, headSha: task.headSha, feedback: task.feedback };
}

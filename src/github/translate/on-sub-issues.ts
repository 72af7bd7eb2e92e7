import { storyId } from "../../kernel/ids.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import { foreignSubIssueText } from "../present/lifecycle-texts.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { type SubIssuesPayload, subIssuesPayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";
import { refreshParentOf } from "./surroundings.ts";
import { conclude, refused } from "./trigger.ts";

/**
 * Sub-issues, as the child's side tells it: a story below another issue belongs to that epic; a task's issue that is taken
 * from its story is put back; any other issue below a story becomes no task by that, and it is said how one does.
 */
export async function onSubIssues(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = subIssuesPayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  if (isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  const child = payload.sub_issue.number;
  if ((await deps.planning.getStory(storyId(ref.repository, child))) !== null) return refreshParentOf(deps, ref, child);
  const task = (await deps.workflow.findTasks({ repository: ref.repository, issueNumber: child })).at(-1);
  if (task !== undefined) return onTaskMoved(deps, delivery.id, payload, task);
  if (payload.action !== "parent_issue_added" || payload.parent_issue_repo?.id !== ref.repository) return;
  const parent = await deps.planning.getStory(storyId(ref.repository, payload.parent_issue.number));
  if (parent === null) return;
  await deps.write({
    kind: "reply",
    ref,
    issueNumber: parent.issueNumber,
    trigger: `sub-issue-${child}`,
    text: foreignSubIssueText(child, parent.state, payload.sender.login),
  });
}

async function onTaskMoved(deps: AppDeps, deliveryId: string, payload: SubIssuesPayload, task: Task): Promise<void> {
  const over = task.state === "cancelled" || task.merged;
  if (payload.action !== "parent_issue_removed" || over || payload.parent_issue.number !== task.storyIssue) return;
  const { sender } = payload;
  const ref = repositoryOf(payload);
  const trigger = {
    deliveryId,
    id: deliveryId,
    ref,
    issueNumber: payload.sub_issue.number,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: { known: true, roles: [] },
    asked: "removing the sub-issue",
    at: payload.sub_issue.updated_at,
  } as const;
  const outcome = refused({
    reason: "not-by-hand",
    rule: `Task ${task.number} belongs to its story by the approved plan.`,
    who: [],
    next: "To give the task up, the product owner closes this issue as not planned.",
  });
  await conclude(deps, trigger, { taskId: task.id }, outcome);
  await deps.write({ kind: "task-issue", taskId: task.id });
}

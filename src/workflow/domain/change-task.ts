import type { Assignee, EventBody } from "../../kernel/event.ts";
import { type Principal, principalName } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import { defaultSla } from "./deadlines.ts";
import { withoutChecks, withoutOldHead } from "./failing-checks.ts";
import { feedbackText } from "./feedback-text.ts";
import { leaseEndsAt } from "./lease.ts";
import type { Approval, Feedback, Task, TransitionRecord } from "./task.ts";
import type { TaskRequest } from "./task-request.ts";

/** What a move changes beside the state, and what it announces beside the move itself. */
export type TaskChange = { readonly task: Task; readonly events: readonly EventBody[] };

/** The effect of each action on the task; the request was allowed. `record` is the action's own, without routing. */
export function changeTask(task: Task, record: TransitionRecord, request: TaskRequest): TaskChange {
  switch (request.action) {
    case "claim-task":
      return announceAssignment(begin(task, request, { kind: "person", principal: record.principal }));
    case "assign":
      return announceAssignment({
        ...begin(task, request, request.assignee ?? { kind: "council" }),
        councilGaveUp: null,
      });
    case "release-task":
      return silent({ ...task, assignee: null, councilGaveUp: request.councilGaveUp ?? null });
    case "commit-code":
      return askFor("architect", withoutChecks(withHead(task, request)));
    case "approve-design":
      return askFor("qa", withApproval(task, "architect", record, request));
    case "approve-tests":
    case "pass-tests":
      return askFor("product-owner", withApproval(task, "qa", record, request));
    case "approve-story":
      return silent(withApproval(task, "product-owner", record, request));
    case "reject-design":
    case "reject-tests":
      return silent(withFeedback(task, record, request));
    case "reject-story":
      return rejectStory(withFeedback(task, record, request), request);
    case "revise-code":
      return announceAssignment({
        ...begin(
          withFeedback(task, record, request),
          request,
          request.assignee ?? task.assignee ?? asAssignee(record.principal),
        ),
        councilGaveUp: null,
      });
    case "retry":
      return silent({ ...task, assignee: null, approvals: [], councilGaveUp: null, retries: task.retries + 1 });
    case "invalidate":
      return askFor("architect", { ...withHead(task, request), approvals: [], note: voidNote(task, record, request) });
    default:
      return silent(task);
  }
}

/** The event that starts work on a round: for a council, a deliberation. */
export function assignmentOf(task: Task, assignee: Assignee): EventBody {
  const feedback = task.feedback.map(feedbackText);
  return { type: "workflow.task.assigned", payload: { assignee, round: task.round, feedback } };
}

/** The event that asks a gate for its decision on the head. */
export function validationOf(task: Task, role: Role): EventBody {
  return {
    type: "workflow.validation.required",
    payload: { role, headSha: task.headSha ?? "", headTree: task.headTree ?? "" },
  };
}

/** The task with a new head. Approvals hold for their tree only; who once worked on the change stays its author. */
export function withHead(
  task: Task,
  head: Pick<TaskRequest, "headSha" | "headTree" | "authors" | "authorsKnown">,
): Task {
  const headTree = head.headTree ?? task.headTree;
  const headSha = head.headSha ?? task.headSha;
  return {
    ...(headSha === task.headSha ? task : withoutOldHead(task)),
    headSha,
    headTree,
    authors: [...new Set([...task.authors, ...(head.authors ?? [])])],
    authorsKnown: head.authorsKnown ?? task.authorsKnown,
    approvals: task.approvals.filter((approval) => approval.tree === headTree),
  };
}

function silent(task: Task): TaskChange {
  return { task, events: [] };
}

function announceAssignment(task: Task): TaskChange {
  return { task, events: task.assignee === null ? [] : [assignmentOf(task, task.assignee)] };
}

function askFor(role: Role, task: Task): TaskChange {
  return { task, events: [validationOf(task, role)] };
}

/** Somebody comes to hold the task: the one place where a lease and a round begin. */
function begin(task: Task, request: TaskRequest, assignee: Assignee): Task {
  const leaseExpiresAt = leaseEndsAt(request.now, request.lease ?? defaultSla);
  return { ...task, assignee, leaseExpiresAt, round: task.round + 1 };
}

/** Who asks for a revision of a task that nobody holds takes it; an agent speaks for the council. */
function asAssignee(principal: Principal): Assignee {
  return principal.kind === "human" ? { kind: "person", principal } : { kind: "council" };
}

/**
 * The holder goes on in a new round. A person is told so at once; whether a council may go on depends on the
 * repository's policy, so workflow's subscriber says it.
 */
function rejectStory(task: Task, request: TaskRequest): TaskChange {
  const begun = begin(task, request, task.assignee ?? { kind: "council" });
  return begun.assignee?.kind === "person" ? announceAssignment(begun) : silent(begun);
}

function withApproval(task: Task, role: Role, record: TransitionRecord, { reviewId }: TaskRequest): Task {
  const approval: Approval = {
    role,
    principal: record.principal,
    tree: task.headTree ?? "",
    at: record.at,
    ...(reviewId === undefined ? {} : { reviewId }),
  };
  return { ...task, note: null, approvals: [...task.approvals.filter((earlier) => earlier.role !== role), approval] };
}

/** Said once, in the status comment, until a gate decides again. */
function voidNote(task: Task, record: TransitionRecord, request: TaskRequest): string {
  if (record.reason !== null) return record.reason;
  const trees = `${task.headTree?.slice(0, 8) ?? "none"} → ${request.headTree?.slice(0, 8) ?? "none"}`;
  const by = task.approvals.map((approval) => principalName(approval.principal)).join(" and ");
  return `The change was pushed to after its approval by ${by} (tree ${trees}): the approval is void, and every gate decides again.`;
}

function withFeedback(task: Task, record: TransitionRecord, { remarks = [], reviewId }: TaskRequest): Task {
  if (record.reason === null) {
    return task;
  }
  const entry: Feedback = {
    round: task.round,
    role: record.role ?? "developer",
    by: principalName(record.principal),
    text: record.reason,
    at: record.at,
    ...(remarks.length === 0 ? {} : { remarks }),
    ...(reviewId === undefined ? {} : { reviewId }),
  };
  return { ...task, note: null, feedback: [...task.feedback, entry] };
}
